using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>Carries one run of a study through in its own folder, with one worker, quietly.</summary>
internal static class StudyTraining
{
    private const string Engine = "local";

    /// <summary>Begins the run, goes on with it, or takes its result when it is done already.</summary>
    /// <param name="folder">The run's own.</param>
    /// <param name="context">Of the folder's spec when there is one.</param>
    /// <exception cref="RunFolderException">The folder holds a run of another spec, or cannot be written.</exception>
    /// <exception cref="CheckpointException">There are checkpoints but none is good.</exception>
    public static StudyOutcome Carry(StudyRun run, RunFolder folder, RunContext context, TimeProvider time, CancellationToken stop)
    {
        var stored = new StoredRun(folder, context);
        var exists = File.Exists(folder.SpecPath);
        if (exists) stored.RequireSameSpec();
        if (exists && Done(folder) is { } done) return StudyOutcome.Of(run, folder, context.Plan, done);

        using var resumed = exists ? RunClaim.Take(folder.FullPath) : null;
        var start = exists ? stored.Resume() : stored.Create();
        using var created = exists ? null : RunClaim.Take(folder.FullPath);
        using var recorder = new RunRecorder(stored, start);
        var outcome = new LocalEngine(new EngineOptions { Workers = 1 }, time).Run(EngineRun.Of(context, start.State), recorder, stop);
        recorder.Flush();
        if (outcome.End is ServerEffect.Diverged diverged)
            return StudyOutcome.Failed(run, FormattableString.Invariant($"diverged at step {diverged.Step}: {diverged.What}"));

        var summary = SummaryFile.Write(folder, SummaryBuilder.Build(stored, start, recorder, outcome, 1, Engine));
        ReportBuilder.Write(folder, context, outcome.End is ServerEffect.Completed ? outcome.Result : outcome.Model, summary);
        return StudyOutcome.Of(run, folder, context.Plan, summary);
    }

    private static RunSummary? Done(RunFolder folder) =>
        File.Exists(folder.SummaryPath) && SummaryFile.Read(folder) is { Status: not RunStatus.Interrupted } summary ? summary : null;
}

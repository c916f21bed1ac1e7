using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>A member that diverged, as its folder says it.</summary>
internal sealed record DivergedFile(long Step, string What);

/// <summary>One session of a member's run, in its own folder: a run like any other, with a ledger, checkpoints and a summary.</summary>
public static class MemberSession
{
    private const string DivergedName = "diverged.json";

    /// <summary>Carries a run from its state to its end.</summary>
    public delegate RunOutcome Engine(StoredRun run, RunStart start, int incarnation, IRunObserver observer);

    /// <summary>How the member ended if it has ended: nothing is to be done then.</summary>
    public static MemberEnd? Ended(RunFolder folder)
    {
        var diverged = folder.PathOf(DivergedName);
        if (File.Exists(diverged))
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(diverged), MemberJson.Default.DivergedFile)
                ?? throw new RunFolderException($"{diverged} holds nothing: delete it to train the member again");
            return new MemberEnd.Diverged(file.Step, file.What);
        }

        return File.Exists(folder.SummaryPath) && SummaryFile.Read(folder).Status != RunStatus.Interrupted ? new MemberEnd.Trained() : null;
    }

    /// <summary>Begins the run, or goes on with the one that is there.</summary>
    /// <param name="name">The engine's, for the summary.</param>
    /// <exception cref="RunFolderException">The folder holds a run of another spec, or cannot be written.</exception>
    public static MemberEnd Run(RunFolder folder, Func<RunContext> context, Engine engine, string name, int workers)
    {
        if (Ended(folder) is { } ended) return ended;
        var isBegun = File.Exists(folder.SpecPath);
        Directory.CreateDirectory(folder.FullPath);
        using var claim = RunClaim.Take(folder.FullPath);
        var run = new StoredRun(folder, context());
        var start = isBegun ? run.Resume() : run.Create();
        using var recorder = new RunRecorder(run, start);
        var outcome = engine(run, start, claim.NextIncarnation(), recorder);
        recorder.Flush();
        switch (outcome.End)
        {
            case ServerEffect.Diverged diverged:
                AtomicFile.Write(folder.PathOf(DivergedName), JsonSerializer.SerializeToUtf8Bytes(new DivergedFile(diverged.Step, diverged.What), MemberJson.Default.DivergedFile));
                return new MemberEnd.Diverged(diverged.Step, diverged.What);
            case ServerEffect.Disagreed disagreed:
                throw new InvalidOperationException($"{disagreed.Worker} and another worker computed different bits for the {disagreed.Id}: one of them has faulty hardware.");
        }

        SummaryFile.Write(folder, SummaryBuilder.Build(run, start, recorder, outcome, workers, name));
        return outcome.End is ServerEffect.Interrupted ? new MemberEnd.Interrupted() : new MemberEnd.Trained();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(DivergedFile))]
internal sealed partial class MemberJson : JsonSerializerContext;

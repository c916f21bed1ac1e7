using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Execution;

/// <summary>Carries out one training of a study, from wherever its folder stands to its end. Any thread may call it.</summary>
public interface IRunTrainer
{
    /// <param name="folder">The training's; need not exist.</param>
    SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop);
}

/// <summary>Trains by an engine of this process.</summary>
/// <param name="context">Makes what a run needs.</param>
/// <param name="engine">With one worker, where many trainings at once keep all cores busy.</param>
/// <param name="withReports">Whether each run gets a <c>report.html</c>.</param>
public sealed class EngineTrainer(Func<StudyRun, RunFolder, RunContext> context, IEngine engine, bool withReports = false) : IRunTrainer
{
    public SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop) =>
        RunSession.Complete(folder, run.Spec, () => context(run, folder), engine, withReports, stop);
}

using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Trains a member in this process, on one thread: many members at once keep all cores busy.</summary>
public sealed class LocalMemberTrainer(StudyContexts contexts, TimeProvider time) : IMemberTrainer
{
    public MemberEnd Train(StudyMember member, string folder, CancellationToken stop) => MemberSession.Run(
        new RunFolder(folder),
        () => contexts.ToTrain(member.Spec),
        (run, start, incarnation, observer) => new LocalEngine(new EngineOptions { Workers = 1 }, time)
            .Run(EngineRun.Of(run.Context, start.State, incarnation, run.Folder.FullPath), observer, stop),
        "local",
        workers: 1);
}

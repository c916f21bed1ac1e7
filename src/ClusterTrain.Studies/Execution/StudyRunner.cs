using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Threads;

namespace ClusterTrain.Studies.Execution;

/// <summary>
/// Carries out the trainings of a study: whole runs are the work items, several at once. They share nothing but the data,
/// so how many go at once and in which order they end changes no bit.
/// </summary>
/// <param name="folder">The study's.</param>
/// <param name="trainer">Carries out one of them.</param>
/// <param name="atOnce">How many go at once, 1 or more.</param>
public sealed class StudyRunner(string folder, IRunTrainer trainer, int atOnce)
{
    /// <summary>Told of each training that ended, with how many have by now; by one thread at a time.</summary>
    public Action<StudyRun, SessionEnd, int> OnEnd { get; init; } = (_, _, _) => { };

    /// <summary>The folder of a training.</summary>
    public RunFolder FolderOf(StudyRun run) => new(Path.Combine(folder, Path.Combine(run.Folder.Split('/'))));

    /// <summary>How each training ended, as its folder says; null for those that have not.</summary>
    /// <exception cref="Training.Durable.FileFailureException">A folder holds a run of another spec.</exception>
    public IReadOnlyList<SessionEnd?> Ended(IReadOnlyList<StudyRun> runs) => [.. runs.Select(run => RunSession.Ended(FolderOf(run), run.Spec))];

    /// <summary>Trains what is left to train; what has ended is taken as it is, and nobody is told of it.</summary>
    /// <param name="stop">Saves what is running and begins no more.</param>
    /// <returns>
    /// In the order of <paramref name="runs"/>; null for those that were not begun. After a disagreement no more are begun,
    /// since the hardware is at fault.
    /// </returns>
    /// <exception cref="AggregateException">A training could not be carried out; what is on disk stays good.</exception>
    public IReadOnlyList<SessionEnd?> Run(IReadOnlyList<StudyRun> runs, CancellationToken stop)
    {
        SessionEnd?[] ends = [.. Ended(runs)];
        var left = Enumerable.Range(0, runs.Count).Where(index => ends[index] is null).ToList();
        var (gate, done) = (new Lock(), runs.Count - left.Count);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        OrderedWork.Run(
            left.Count, atOnce, item =>
            {
                try
                {
                    var run = runs[left[item]];
                    var end = ends[left[item]] = trainer.Train(run, FolderOf(run), ending.Token);
                    if (end is SessionEnd.Disagreed) ending.Cancel();
                    if (!end.IsOver) return;
                    lock (gate) OnEnd(run, end, ++done);
                }
                catch
                {
                    ending.Cancel();
                    throw;
                }
            },
            ending.Token);
        return ends;
    }
}

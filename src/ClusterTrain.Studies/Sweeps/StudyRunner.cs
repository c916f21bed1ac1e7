using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>
/// Carries out the runs of a study, several at once, each with one thread. Runs share nothing but the data, so how many go
/// at once and in which order they end changes no bit.
/// </summary>
/// <param name="folder">The study's.</param>
/// <param name="context">Makes what a run needs; called by several threads.</param>
/// <param name="time">The clock.</param>
public sealed class StudyRunner(string folder, Func<StudyRun, RunFolder, RunContext> context, TimeProvider time)
{
    /// <summary>Told of each run that ended, with how many have; by one thread at a time.</summary>
    public Action<StudyRun, StudyOutcome, int> OnDone { get; init; } = (_, _, _) => { };

    /// <param name="runs">What to train; runs that are done already are taken as they are.</param>
    /// <param name="atOnce">How many go at once, 1 or more.</param>
    /// <param name="stop">Saves what is running and begins no more.</param>
    /// <returns>In the order of <paramref name="runs"/>; null for those that were not begun.</returns>
    /// <exception cref="AggregateException">A run could not be carried out; those that are done stay good.</exception>
    public IReadOnlyList<StudyOutcome?> Run(IReadOnlyList<StudyRun> runs, int atOnce, CancellationToken stop)
    {
        var outcomes = new StudyOutcome?[runs.Count];
        var (gate, done) = (new Lock(), 0);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        OrderedWork.Run(
            runs.Count, atOnce, index =>
            {
                try
                {
                    var (run, runFolder) = (runs[index], new RunFolder(Path.Combine(folder, runs[index].Folder)));
                    var outcome = StudyTraining.Carry(run, runFolder, context(run, runFolder), time, ending.Token);
                    outcomes[index] = outcome;
                    if (outcome.Status == RunStatus.Interrupted) return;
                    lock (gate) OnDone(run, outcome, ++done);
                }
                catch
                {
                    ending.Cancel();
                    throw;
                }
            },
            ending.Token);
        return outcomes;
    }
}

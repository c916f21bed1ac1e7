using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Results;

namespace ClusterTrain.Training.Studies;

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
        var (gate, failures, next, done) = (new Lock(), new List<Exception>(), -1, 0);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        void Work()
        {
            for (var i = Interlocked.Increment(ref next); i < runs.Count && !ending.IsCancellationRequested; i = Interlocked.Increment(ref next))
            {
                try
                {
                    var runFolder = new RunFolder(Path.Combine(folder, runs[i].Folder));
                    var outcome = StudyTraining.Carry(runs[i], runFolder, context(runs[i], runFolder), time, ending.Token);
                    outcomes[i] = outcome;
                    if (outcome.Status != RunStatus.Interrupted)
                        lock (gate) OnDone(runs[i], outcome, ++done);
                }
                catch (Exception failure)
                {
                    lock (gate) failures.Add(failure);
                    ending.Cancel();
                }
            }
        }

        var threads = Enumerable.Range(1, Math.Min(atOnce, runs.Count)).Select(number => new Thread(Work)
        {
            Name = FormattableString.Invariant($"study-{number}"),
            IsBackground = true,
        }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return failures.Count == 0 ? outcomes : throw new AggregateException("The study failed.", failures);
    }
}

using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Threads;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Trains what is left to train of a study: whole trainings are the work items, several at once.</summary>
/// <param name="atOnce">Trainings at once, 1 or more; changes the time, never a bit.</param>
/// <param name="say">Told a line when a member ends.</param>
public sealed class StudyTrainer(StudyPlan plan, StudyFolder folder, IMemberTrainer trainer, int atOnce, Action<string> say)
{
    /// <summary>Members that have ended already.</summary>
    public int Done => plan.Members.Count(member => MemberSession.Ended(new RunFolder(folder.Of(member))) is not null);

    /// <returns>Whether all members have ended; else somebody stopped it.</returns>
    /// <exception cref="AggregateException">A training failed; what is on disk stays good.</exception>
    public bool Train(CancellationToken stop)
    {
        var left = plan.Members.Where(member => MemberSession.Ended(new RunFolder(folder.Of(member))) is null).ToList();
        var (total, ended, interrupted) = (plan.Members.Count, plan.Members.Count - left.Count, 0);
        OrderedWork.Run(left.Count, atOnce, index =>
        {
            var member = left[index];
            var end = trainer.Train(member, folder.Of(member), stop);
            if (end is MemberEnd.Interrupted)
            {
                Interlocked.Increment(ref interrupted);
                return;
            }

            lock (say)
            {
                ended++;
                say($"{ended,4}/{total}  {member}: " + (end is MemberEnd.Diverged diverged ? $"diverged at step {diverged.Step} ({diverged.What}); it is left out" : Accuracy(member)));
            }
        }, stop);
        return interrupted == 0 && ended == total;
    }

    private string Accuracy(StudyMember member)
    {
        var summary = SummaryFile.Read(new RunFolder(folder.Of(member)));
        return $"test accuracy {Figures.PercentOrDash(summary.Test?.Accuracy)}, {Figures.Duration(summary.Seconds)}";
    }
}

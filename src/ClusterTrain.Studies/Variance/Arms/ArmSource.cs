using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>An arm's members as they predict: set by set, those that did not diverge.</summary>
/// <param name="Groups">Members of each set: numbers into <paramref name="Members"/>.</param>
/// <param name="Whole">For arms of masks, the prediction of each set's network itself.</param>
internal sealed record ArmPredictions(
    IReadOnlyList<int[]> Groups, IReadOnlyList<MemberPredictions> Members, IReadOnlyList<MemberPredictions> Whole,
    IReadOnlyList<LeftOutMember> LeftOut);

/// <summary>Collects predictions out of the members' run folders.</summary>
internal sealed class ArmSource(StudyPlan plan, StudyFolder folder, StudyContexts contexts, int threads)
{
    public ArmPredictions Collect(ArmDefinition arm)
    {
        var runs = Enumerable.Range(0, plan.Spec.Sets).SelectMany(set => plan.Of(arm, set)).ToList();
        var left = runs.Select(LeftOut).OfType<LeftOutMember>().ToList();
        var good = runs.Where(run => LeftOut(run) is null).ToList();
        return arm.Kind == ArmKind.Masks ? OfMasks(arm, good, left) : OfNetworks(arm, good, left);
    }

    private ArmPredictions OfNetworks(ArmDefinition arm, List<StudyMember> runs, List<LeftOutMember> left)
    {
        var members = OrderedWork.Map(runs.Count, threads, index =>
        {
            var (context, parameters) = Load(runs[index]);
            var mask = new ReplicaMask(context.Plan.Network);
            return MemberPredictions.Of(
                context, arm.Kind == ArmKind.ThinnedNetworks ? mask.DrawPooled(runs[index].Spec.Seed, 0) : mask.Fill(), parameters);
        });
        return new ArmPredictions(Groups(runs.Select(run => run.Set)), members, [], left);
    }

    private ArmPredictions OfMasks(ArmDefinition arm, List<StudyMember> runs, List<LeftOutMember> left)
    {
        var count = plan.Spec.Members;
        var loaded = runs.Select(Load).ToList();
        var networks = loaded.Select(one => Network.Build(MapShape.Of(one.Context.Data.InputShape), plan.Masked(arm).Network.Layers)).ToList();
        var members = OrderedWork.Map(runs.Count * count, threads, index =>
        {
            var (run, number) = (index / count, index % count);
            // Seed and numbers of the study: the same masks for every arm of masks, and none that training drew.
            var mask = new ReplicaMask(networks[run]).Draw(plan.Spec.Seed, number, runs[run].Set);
            return MemberPredictions.Of(loaded[run].Context, mask, loaded[run].Parameters);
        });
        var whole = OrderedWork.Map(runs.Count, threads, run => MemberPredictions.OfWhole(loaded[run].Context, loaded[run].Context.Plan.Network, loaded[run].Parameters));
        return new ArmPredictions(Groups(runs.SelectMany(run => Enumerable.Repeat(run.Set, count))), members, whole, left);
    }

    private (RunContext Context, ReadOnlyMemory<float> Parameters) Load(StudyMember member)
    {
        var context = contexts.ToTest(member.Spec);
        return (context, new StoredRun(new RunFolder(folder.Of(member)), context).LoadResult().Served.Parameters);
    }

    private LeftOutMember? LeftOut(StudyMember member) => RunSession.Ended(new RunFolder(folder.Of(member))) is SessionEnd.Diverged { Trouble: { } trouble }
        ? new LeftOutMember(member.Set + 1, member.Number + 1, trouble) : null;

    private int[][] Groups(IEnumerable<int> sets)
    {
        var numbered = sets.Select((set, member) => (set, member)).ToLookup(pair => pair.set, pair => pair.member);
        return [.. Enumerable.Range(0, plan.Spec.Sets).Select(set => numbered[set].ToArray())];
    }
}

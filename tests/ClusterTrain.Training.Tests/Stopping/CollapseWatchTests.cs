using System.Globalization;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Tests.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Stopping;

public sealed class CollapseWatchTests
{
    // Robust and one-step accuracy in percent at versions 1, 2, 3 and so on; then the versions of the finds.
    [Theory]
    [InlineData("20/30 35/45 40/52", "")] // rises
    [InlineData("20/30 40/50 0/80", "3")] // as in the papers: one falls to nothing, the other rises
    [InlineData("20/30 40/50 19/50", "3")] // just below half
    [InlineData("20/30 40/50 20/50", "")] // half is not below half
    [InlineData("20/30 40/50 15/46", "3")] // one step lost less than five points
    [InlineData("20/30 40/50 15/44", "")] // both fall: something else
    [InlineData("9/30 9/40 0/90", "")] // nothing to lose yet
    [InlineData("10/30 4/40", "2")]
    [InlineData("40/50 0/80 0/85 0/90", "2")] // found once
    [InlineData("40/50 0/80 30/40 1/70", "2, 4")] // recovered, and lost again
    [InlineData("40/50 30/80 21/80 19/80", "4")] // against the best, not the one before
    [InlineData("40/50 40/70 10/60", "")] // the later one of equal bests counts
    public void Observe_CourseOfTwoAccuracies_FindsItsCollapses(string course, string finds)
    {
        var state = CollapseState.None;
        foreach (var (i, pair) in course.Split(' ').Index())
        {
            var figures = pair.Split('/').Select(figure => int.Parse(figure, CultureInfo.InvariantCulture) / 100.0).ToArray();
            state = CollapseWatch.Observe(state, i + 1, figures[0], figures[1]);
        }

        Assert.Equal(finds, string.Join(", ", state.Finds));
    }

    [Theory]
    [InlineData(CollapseChoice.LowerStep, "0 0 1 1 2")]
    [InlineData(CollapseChoice.Warn, "0 0 0 0 0")]
    [InlineData(CollapseChoice.Stop, "0 0 0 0 0")]
    public void Halvings_OfAVersion_AreTheFindsUpToIt(CollapseChoice choice, string expected)
    {
        var spec = TinyRuns.Collapsing with { Adversarial = TinyRuns.Collapsing.Adversarial with { Collapse = choice } };
        var state = new CollapseState { Finds = [8, 16] };

        Assert.Equal(expected, string.Join(' ', new long[] { 0, 7, 8, 15, 16 }.Select(version => CollapseWatch.Halvings(spec, state, version))));
    }

    [Fact]
    public void Watches_OneStepAgainstMany_IsSaidByTheSpec()
    {
        Assert.True(TinyRuns.Collapsing.WatchesOneStep);
        Assert.False(TinyRuns.Early.WatchesOneStep);
        Assert.False((TinyRuns.Collapsing with { Evaluation = new EvaluationSpec() }).WatchesOneStep);
        Assert.False((TinyRuns.Collapsing with { Evaluation = new EvaluationSpec { ValidationAttack = new FgsmAttack() } }).WatchesOneStep);
    }

    [Fact]
    public void Text_OfASpecThatDoesNotSetIt_IsWhatItWasBeforeTheKeyWasThere()
    {
        var (plain, lowering) = (TinyRuns.Early, TinyRuns.Early with { Adversarial = TinyRuns.Early.Adversarial with { Collapse = CollapseChoice.LowerStep } });

        Assert.DoesNotContain("collapse", SpecWriter.Write(plain), StringComparison.Ordinal);
        Assert.Contains("collapse: warn", SpecWriter.Write(plain, comments: true), StringComparison.Ordinal);
        Assert.Contains("collapse: lowerStep", SpecWriter.Write(lowering), StringComparison.Ordinal);
        Assert.NotEqual(SpecHash.Of(plain), SpecHash.Of(lowering));
    }

    [Fact]
    public void Run_ThatCollapses_IsNamedWhereItHappensAndTrainsOnWithHalfTheStep()
    {
        var (lowered, warned) = (Finish(CollapseChoice.LowerStep), Finish(CollapseChoice.Warn));

        var found = warned.Effects.OfType<ServerEffect.Evaluated>().First(evaluated => evaluated.Collapse is not null);
        var same = lowered.Effects.OfType<ServerEffect.Evaluated>().First(evaluated => evaluated.Collapse is not null);
        Assert.Equal((CollapseChoice.Warn, CollapseChoice.LowerStep), (found.Collapse, same.Collapse));
        Assert.Equal(found.Version, same.Version);
        Assert.Equal((found.Sums, found.OneStep), (same.Sums, same.OneStep));
        Assert.True(found.OneStep!.Value.RobustAccuracy > found.Sums.RobustAccuracy);
        Assert.NotEqual(found.Version, lowered.Model.Version);
        Assert.NotEqual(StateBits.Of(warned.Model), StateBits.Of(lowered.Model));
    }

    [Fact]
    public void Run_ThatCollapsesAndIsToStop_EndsThereWithItsBestState()
    {
        var warned = Finish(CollapseChoice.Warn);
        var found = warned.Effects.OfType<ServerEffect.Evaluated>().First(evaluated => evaluated.Collapse is not null);

        var stopped = Finish(CollapseChoice.Stop);

        Assert.Equal(found.Version, stopped.Model.Version);
        Assert.True(Assert.IsType<ServerEffect.Completed>(stopped.Effects[^1]).StoppedEarly);
        Assert.True(stopped.Result.Version < stopped.Model.Version);
    }

    [Fact]
    public void Validation_WatchedOrNot_MeasuresTheSameOtherwise()
    {
        var spec = TinyRuns.Collapsing with { Adversarial = TinyRuns.Collapsing.Adversarial with { Collapse = CollapseChoice.Warn } };
        var (watched, plain) = (TinyRuns.Context(spec), TinyRuns.Context(spec with { Adversarial = new AdversarialSpec() }));

        var (with, without) = (EvaluationPlan.Chunks(watched, WorkKind.Validate), EvaluationPlan.Chunks(plain, WorkKind.Validate));

        Assert.Equal(without.Select(chunk => chunk.Chunk), with.Take(without.Count).Select(chunk => chunk.Chunk));
        Assert.All(with.Skip(without.Count), chunk => Assert.Equal((Split.OneStep, watched.Plan.TrainAttack), (chunk.Chunk.Split, chunk.Threat)));
        Assert.Equal(TinyRuns.Data.Validation.Rows, with.Skip(without.Count).Sum(chunk => chunk.Chunk.Rows));
    }

    private static (IReadOnlyList<ServerEffect> Effects, ModelState Model, ModelState Result) Finish(CollapseChoice choice)
    {
        var spec = TinyRuns.Collapsing with
        {
            Adversarial = TinyRuns.Collapsing.Adversarial with { Collapse = choice },
            EarlyStopping = new EarlyStoppingSpec { Metric = StoppingMetric.RobustAccuracy, Patience = 0 },
        };
        var worker = new OneWorker(TinyRuns.Context(spec)).Finish();
        return (worker.Effects, worker.Server.Model, worker.Server.Result);
    }
}

using ClusterTrain.Studies.Tests.Variance.Estimation;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

/// <summary>Three planted cases: an arm whose members share less error, more, and as much.</summary>
public sealed class VerdictTests
{
    private const int Rows = 400;
    private static readonly BootstrapWeights Weights = new(seed: 3, draws: 400, rows: Rows);
    private static readonly PlantedErrors Plain = new() { Rows = Rows, Members = 12, RowsOf = 1, OfMember = 0.05 };

    [Fact]
    public void Change_MembersShareLess_SaysLowerWithSizeAndInterval()
    {
        var (words, change) = Compare(Plain with { Bias = 0.3 });

        Assert.StartsWith("C is lower by 0.1", words, StringComparison.Ordinal);
        Assert.True(change.Total.High < 0);
        Assert.Contains($"95% interval {Verdict.Signed(change.Total.Low)} to {Verdict.Signed(change.Total.High)}", words, StringComparison.Ordinal);
        Assert.Contains("\u2212", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_MembersShareMore_SaysHigher()
    {
        var (words, change) = Compare(Plain with { Bias = 0.7 });

        Assert.StartsWith("C is higher by 0.2", words, StringComparison.Ordinal);
        Assert.True(change.Total.Low > 0);
    }

    [Fact]
    public void Change_MembersShareAsMuch_SaysThatNoneCanBeTold()
    {
        var (words, change) = Compare(Plain);

        Assert.StartsWith("C shows no change that can be told from zero: ", words, StringComparison.Ordinal);
        Assert.True(change.Total.Covers(0));
    }

    [Fact]
    public void Arm_AllThreeFigures_AreNamedEachWithItsInterval()
    {
        var (a, b) = (Sample(Plain, 1), Sample(Plain with { Noise = 0.5 }, 2));
        Estimate Of(Func<Moments, double> figure) => Estimate.Of(b.Replicate(figure).Minus(a.Replicate(figure)), 0.95);

        var words = Verdict.Arm(Of(m => m.C), Of(m => m.Rho), Of(m => m.V), a.Value, 0.95);

        // More noise of each member's own: V rises, C stays, rho falls.
        Assert.Matches(@"^C shows no change .*; rho is lower by .*; V is higher by .*\.$", words);
        Assert.Equal(3, words.Split("95% interval").Length - 1);
    }

    [Fact]
    public void HeldOut_Sentence_SaysWhetherTheIntervalHoldsZero()
    {
        HeldOutPoint Point(double low) => new(4, 0.2, 0.25, new Estimate(0.05, default, default, new Interval(low, 0.1)), true);

        Assert.Contains("which holds zero", Verdict.HeldOut(Point(-0.01), 0.95), StringComparison.Ordinal);
        Assert.Contains("which leaves out zero", Verdict.HeldOut(Point(0.01), 0.95), StringComparison.Ordinal);
    }

    private static (string Words, Estimate Change) Compare(PlantedErrors other)
    {
        var (a, b) = (Sample(Plain, 1), Sample(other, 2));
        var change = Estimate.Of(b.Replicate(m => m.C).Minus(a.Replicate(m => m.C)), 0.95);
        return (Verdict.Change("C", change, a.Value.C, 0.95), change);
    }

    private static ArmSample Sample(PlantedErrors planted, int repetition)
    {
        var errors = planted.Draw(repetition);
        return ArmSample.Of(errors, Gram.Of(errors), Weights);
    }
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tests.Reference;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class ThreatModelTests
{
    public static TheoryData<AttackNorm> Norms => [.. Enum.GetValues<AttackNorm>()];

    [Theory]
    [MemberData(nameof(Norms))]
    public void StartStepProject_AnyRowEpsilonAndGradient_StaysInTheBallAndInRange(AttackNorm norm) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                var features = 1 + random.Next(30);
                var epsilon = random.Next(5) == 0 ? 0 : (float)Math.Pow(10, -4 + (5 * random.NextDouble()));
                var threat = ThreatModels.Of(norm, epsilon, 3 * epsilon * random.NextSingle());
                // Many pixels lie on the border, as they do in images.
                float[] row = [.. Sample.Values(random, features, -0.5, 1.5).Select(pixel => Math.Clamp(pixel, 0f, 1f))];
                float[] adversarial = [.. row];
                threat.Start(row, adversarial, new RandomStream(seed, RandomPurpose.AttackStart), random.Next(1000));
                threat.Project(row, adversarial);
                Attacked.AssertWithin(norm, epsilon, row, adversarial, features);
                for (var step = 0; step < 4; step++)
                {
                    var size = Math.Pow(10, random.Next(-20, 10));
                    threat.Step(Sample.Values(random, features, -size, size), adversarial);
                    threat.Project(row, adversarial);
                    Attacked.AssertWithin(norm, epsilon, row, adversarial, features);
                }
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory]
    [MemberData(nameof(Norms))]
    public void Project_InputsWithRangesOfTheirOwn_EachStaysInIts(AttackNorm norm)
    {
        const int features = 19;
        float[] low = [.. Enumerable.Range(0, features).Select(i => -10f * i)], high = [.. low.Select((value, i) => value + (i % 3))];
        float[] row = [.. low.Zip(high, (from, to) => (from + to) / 2)], adversarial = [.. row];
        var threat = ThreatModels.Of(norm, 50, 40, InputRange.Of(low, high));

        threat.Step([.. Enumerable.Range(0, features).Select(i => i % 2 == 0 ? 1f : -1f)], adversarial);
        threat.Project(row, adversarial);

        for (var i = 0; i < features; i++) Assert.Equal(i % 2 == 0 ? high[i] : low[i], adversarial[i]);
    }

    [Fact]
    public void Step_Linf_MovesByTheSignAndLeavesInputsWithoutInfluence()
    {
        float[] adversarial = [0.5f, 0.5f, 0.5f, 0.5f];
        new LinfThreat(1, 0.25f).Step([1e-30f, -7, 0, -0f], adversarial);

        Assert.Equal([0.75f, 0.25f, 0.5f, 0.5f], adversarial);
    }

    [Fact]
    public void Step_L2_MovesAlongTheGradientByTheStepLength()
    {
        float[] adversarial = [0.5f, 0.5f, 0.5f];
        new L2Threat(1, 0.25f).Step([3e-6f, 0, -4e-6f], adversarial);

        Close.AssertEqual([0.65, 0.5, 0.3], adversarial, 1e-6, "row");
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Step_GradientOfZeros_LeavesTheRow(AttackNorm norm)
    {
        float[] adversarial = [0.5f, 0.25f];
        ThreatModels.Of(norm, 1, 0.25f).Step([0, 0], adversarial);

        Assert.Equal([0.5f, 0.25f], adversarial);
    }

    [Fact]
    public void Project_L2_ShortensToTheRadiusBeforeItClips()
    {
        // Clipping first and shortening then would end elsewhere: the order is part of the definition.
        float[] adversarial = [1.3f, 0.9f];
        new L2Threat(0.5f, 1).Project([0.9f, 0.6f], adversarial);

        Close.AssertEqual([1, 0.9], adversarial, 1e-6, "within the ball: clipped only");
        adversarial = [1.7f, 1.2f];
        new L2Threat(0.5f, 1).Project([0.9f, 0.6f], adversarial);
        Close.AssertEqual([1, 0.9], adversarial, 1e-6, "outside: halved, then clipped");
    }

    [Fact]
    public void Project_PointInside_StaysWhereItIs()
    {
        float[] linf = [0.55f, 0.4f], l2 = [0.53f, 0.46f];
        new LinfThreat(0.125f, 1).Project([0.5f, 0.5f], linf);
        new L2Threat(0.125f, 1).Project([0.5f, 0.5f], l2);

        Assert.Equal([0.55f, 0.4f], linf);
        Close.AssertEqual([0.53, 0.46], l2, 1e-6, "row");
    }
}

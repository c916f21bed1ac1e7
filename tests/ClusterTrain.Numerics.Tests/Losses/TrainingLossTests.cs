using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Losses;

/// <summary>The losses of pairs of a clean and an adversarial row against their definitions in double precision.</summary>
public sealed class TrainingLossTests
{
    private const int Examples = 6;
    private const int Classes = 5;
    private static readonly byte[] Labels = [0, 4, 2, 2, 1, 3];

    public static TheoryData<float, float> Weights => new() { { 0f, 0f }, { 0.3f, 0.1f }, { 1f, 0f } };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Mixed_AnyWeight_IsItsDefinitionAndItsDerivative(float weight, float smoothing) => AssertDefined(
        new MixedLoss(weight, smoothing),
        (clean, moved, label) => (weight * Entropy(clean, label, smoothing)) + ((1 - weight) * Entropy(moved, label, smoothing)));

    [Theory]
    [MemberData(nameof(Weights))]
    public void Trades_AnyBeta_IsItsDefinitionAndItsDerivative(float beta, float smoothing) => AssertDefined(
        new TradesLoss(10 * beta, smoothing),
        (clean, moved, label) => Entropy(clean, label, smoothing) + (10 * beta * Divergence(clean, moved)));

    [Fact]
    public void Trades_EqualVersions_HasNoAdversarialGradient()
    {
        var random = new Random(5);
        var clean = Sample.Values(random, Examples * Classes, -3, 3);
        var (losses, gradient) = (new float[Examples], new float[2 * clean.Length]);
        new TradesLoss(6, 0).Evaluate([.. clean, .. clean], Labels, Classes, losses, gradient);

        Assert.All(gradient[clean.Length..], value => Assert.Equal(0f, value));
    }

    private static void AssertDefined(ITrainingLoss loss, Func<double[], double[], int, double> definition)
    {
        var random = new Random(3);
        for (var round = 0; round < 10; round++)
        {
            var logits = Sample.Values(random, 2 * Examples * Classes, -4, 4);
            var (losses, gradient) = (new float[Examples], new float[logits.Length]);
            loss.Evaluate(logits, Labels, Classes, losses, gradient);
            var exact = Masks.ToDouble(logits);
            double Of(int example) => definition(
                exact[(example * Classes)..((example + 1) * Classes)],
                exact[((Examples + example) * Classes)..((Examples + example + 1) * Classes)], Labels[example]);

            Close.AssertEqual([.. Enumerable.Range(0, Examples).Select(Of)], losses, 1e-5, "losses");
            var slopes = new double[logits.Length];
            for (var i = 0; i < logits.Length; i++)
            {
                const double Step = 1e-6;
                var old = exact[i];
                exact[i] = old + Step;
                var above = Enumerable.Range(0, Examples).Average(Of);
                exact[i] = old - Step;
                var below = Enumerable.Range(0, Examples).Average(Of);
                exact[i] = old;
                slopes[i] = (above - below) / (2 * Step);
            }

            Close.AssertEqual(slopes, gradient, 1e-5, "gradient");
        }
    }

    private static double Entropy(double[] z, int label, double smoothing)
    {
        var log = LogSoftmax(z);
        return Enumerable.Range(0, z.Length).Sum(j => -(((j == label ? 1 - smoothing : 0) + (smoothing / z.Length)) * log[j]));
    }

    private static double Divergence(double[] clean, double[] moved) =>
        LogSoftmax(clean).Zip(LogSoftmax(moved), (p, q) => Math.Exp(p) * (p - q)).Sum();

    private static double[] LogSoftmax(double[] z)
    {
        var logSum = z.Max() + Math.Log(z.Sum(score => Math.Exp(score - z.Max())));
        return [.. z.Select(score => score - logSum)];
    }
}

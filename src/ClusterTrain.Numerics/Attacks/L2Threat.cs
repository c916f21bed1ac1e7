using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// A row may move by a vector of at most epsilon in length; steps follow the gradient's direction (Madry et al. 2018,
/// section 2.1, with the Euclidean norm).
/// </summary>
/// <param name="epsilon">Radius, 0 or more.</param>
/// <param name="stepSize">Length of one step, 0 or more.</param>
/// <param name="range">Of the inputs; null means [0, 1].</param>
public sealed class L2Threat(float epsilon, float stepSize, InputRange? range = null) : IThreatModel
{
    private const double Smallest = 1e-12;

    // Two more normals than features: the first d of d + 2, over the length of all, are uniform in the d-ball
    // (Voelker, Gosmann and Stewart 2017), which needs no d-th root.
    private const int Extra = 2;

    private readonly InputRange _range = range ?? InputRange.Unit;

    public void Start(ReadOnlySpan<float> row, Span<float> adversarial, RandomStream stream, long first)
    {
        var sum = 0.0;
        for (var i = 0; i < row.Length + Extra; i++)
        {
            var normal = FixedMath.InverseNormal((stream.Word(first + i) + 0.5) / 4294967296.0);
            sum += normal * normal;
            if (i < row.Length) adversarial[i] = (float)normal;
        }

        var scale = (float)(epsilon / Math.Sqrt(sum));
        for (var i = 0; i < row.Length; i++) adversarial[i] = row[i] + (scale * adversarial[i]);
    }

    public int StartNumbers(int features) => features + Extra;

    public void Step(ReadOnlySpan<float> gradient, Span<float> adversarial) => Step(gradient, adversarial, stepSize);

    public void Step(ReadOnlySpan<float> gradient, Span<float> adversarial, float length)
    {
        var scale = (float)(length / Math.Max(Norm(gradient), Smallest));
        for (var i = 0; i < adversarial.Length; i++) adversarial[i] += scale * gradient[i];
    }

    public void Project(ReadOnlySpan<float> row, Span<float> adversarial)
    {
        var squares = 0.0;
        for (var i = 0; i < row.Length; i++)
        {
            var move = (double)adversarial[i] - row[i];
            squares += move * move;
        }

        var shrink = (float)Math.Min(1, epsilon / Math.Max(Math.Sqrt(squares), Smallest));
        for (var i = 0; i < row.Length; i++)
            adversarial[i] = _range.Clamp(i, row[i] + (shrink * (adversarial[i] - row[i])));
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var squares = 0.0;
        foreach (var value in values) squares += (double)value * value;
        return Math.Sqrt(squares);
    }
}

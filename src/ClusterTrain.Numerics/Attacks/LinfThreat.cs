using System.Numerics;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Each input may move by at most epsilon; steps follow the sign of the gradient (Madry et al. 2018, eq. 2.2).</summary>
/// <param name="epsilon">Radius, 0 or more.</param>
/// <param name="stepSize">Length of one step, 0 or more.</param>
/// <param name="range">Of the inputs; null means [0, 1].</param>
public sealed class LinfThreat(float epsilon, float stepSize, InputRange? range = null) : IThreatModel
{
    private readonly InputRange _range = range ?? InputRange.Unit;

    public void Start(ReadOnlySpan<float> row, Span<float> adversarial, RandomStream stream, long first)
    {
        stream.FillUniform(adversarial, -epsilon, epsilon, first);
        for (var i = 0; i < row.Length; i++) adversarial[i] += row[i];
    }

    public int StartNumbers(int features) => features;

    public void Step(ReadOnlySpan<float> gradient, Span<float> adversarial) => Step(gradient, adversarial, stepSize);

    public void Step(ReadOnlySpan<float> gradient, Span<float> adversarial, float length)
    {
        // sign(0) is 0: an input without influence stays where it is.
        var width = Vector<float>.Count;
        var (up, down, zero) = (new Vector<float>(length), new Vector<float>(-length), Vector<float>.Zero);
        var i = 0;
        for (; i <= adversarial.Length - width; i += width)
        {
            var g = new Vector<float>(gradient[i..]);
            var move = Vector.ConditionalSelect(
                Vector.GreaterThan(g, zero), up, Vector.ConditionalSelect(Vector.LessThan(g, zero), down, zero));
            (new Vector<float>(adversarial[i..]) + move).CopyTo(adversarial[i..]);
        }

        for (; i < adversarial.Length; i++)
            adversarial[i] += gradient[i] > 0 ? length : gradient[i] < 0 ? -length : 0f;
    }

    public void Project(ReadOnlySpan<float> row, Span<float> adversarial)
    {
        var width = Vector<float>.Count;
        var radius = new Vector<float>(epsilon);
        var i = 0;
        for (; i <= adversarial.Length - width; i += width)
        {
            var centre = new Vector<float>(row[i..]);
            var near = Clamp(new Vector<float>(adversarial[i..]), centre - radius, centre + radius);
            var (low, high) = _range.IsUnit
                ? (Vector<float>.Zero, Vector<float>.One)
                : (new Vector<float>(_range.Lowest[i..]), new Vector<float>(_range.Highest[i..]));
            Clamp(near, low, high).CopyTo(adversarial[i..]);
        }

        for (; i < adversarial.Length; i++)
        {
            var near = Math.Clamp(adversarial[i], row[i] - epsilon, row[i] + epsilon);
            adversarial[i] = _range.Clamp(i, near);
        }
    }

    // Compares as Math.Clamp does, so that NaN and signed zeros come out the same in both loops.
    private static Vector<float> Clamp(Vector<float> value, Vector<float> low, Vector<float> high) =>
        Vector.ConditionalSelect(
            Vector.LessThan(value, low), low, Vector.ConditionalSelect(Vector.GreaterThan(value, high), high, value));
}

using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Each input may move by at most epsilon; steps follow the sign of the gradient (Madry et al. 2018, eq. 2.2).</summary>
/// <param name="epsilon">Radius, 0 or more.</param>
/// <param name="stepSize">Length of one step, 0 or more.</param>
public sealed class LinfThreat(float epsilon, float stepSize) : IThreatModel
{
    public void Start(ReadOnlySpan<float> row, Span<float> adversarial, RandomStream stream, long first)
    {
        stream.FillUniform(adversarial, -epsilon, epsilon, first);
        for (var i = 0; i < row.Length; i++) adversarial[i] += row[i];
    }

    public int StartNumbers(int features) => features;

    public void Step(ReadOnlySpan<float> gradient, Span<float> adversarial)
    {
        for (var i = 0; i < adversarial.Length; i++)
        {
            // sign(0) is 0: an input without influence stays where it is.
            var g = gradient[i];
            adversarial[i] += g > 0 ? stepSize : g < 0 ? -stepSize : 0f;
        }
    }

    public void Project(ReadOnlySpan<float> row, Span<float> adversarial)
    {
        for (var i = 0; i < adversarial.Length; i++)
        {
            var near = Math.Clamp(adversarial[i], row[i] - epsilon, row[i] + epsilon);
            adversarial[i] = Math.Clamp(near, 0f, 1f);
        }
    }
}

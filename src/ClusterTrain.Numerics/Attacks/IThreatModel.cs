using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// What an adversary may do to a row, as three verbs. The attack's loop knows nothing of norms; a threat model knows
/// nothing of networks. Rows are [features], values in the inputs' range after <see cref="Project"/>.
/// </summary>
public interface IThreatModel
{
    /// <summary>Moves <paramref name="adversarial"/> from <paramref name="row"/> to a random point of the ball.</summary>
    /// <param name="row">The clean row.</param>
    /// <param name="adversarial">Written.</param>
    /// <param name="stream">Numbers of this shard and restart.</param>
    /// <param name="first">First number of the stream that belongs to this row.</param>
    void Start(ReadOnlySpan<float> row, Span<float> adversarial, RandomStream stream, long first);

    /// <summary>Numbers of the stream that one row's start uses.</summary>
    int StartNumbers(int features);

    /// <summary>One step up the gradient of the loss, of the threat's own length.</summary>
    void Step(ReadOnlySpan<float> gradient, Span<float> adversarial);

    /// <summary>One step of this length, 0 or more.</summary>
    void Step(ReadOnlySpan<float> gradient, Span<float> adversarial, float length);

    /// <summary>Back into the ball around <paramref name="row"/>, then into the range of the inputs.</summary>
    void Project(ReadOnlySpan<float> row, Span<float> adversarial);
}

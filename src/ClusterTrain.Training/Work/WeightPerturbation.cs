using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// Adversarial weight perturbation (Wu et al. 2020, eq. 10 and 11, one step): each weight tensor moves up the gradient of the loss by
/// gamma of its own length, v = gamma |w| g / |g|; biases and normalization stay. The shard's gradient is then taken there.
/// </summary>
/// <remarks>
/// Every shard perturbs its own replica by its own gradient, as data-parallel training does without a second exchange (Foret et al.
/// 2021, section 4.1, for the same step): the shard's result stays a pure function of item and parameters. With one shard it is the
/// paper's batch-wide perturbation. Owns memory; one per worker.
/// </remarks>
/// <param name="network">What is trained.</param>
/// <param name="gamma">Length of a tensor's move relative to the tensor's, above 0.</param>
public sealed class WeightPerturbation(Network network, double gamma)
{
    private readonly AlignedBuffer _weights = new(network.ParameterCount);
    private readonly AlignedBuffer _perturbed = new(network.ParameterCount);

    /// <summary>The parameters with the replica's weights moved; valid until the next call.</summary>
    /// <param name="parameters">The full network's flat vector.</param>
    /// <param name="mask">The replica.</param>
    /// <param name="gradient">Of the replica's loss, [<see cref="ReplicaMask.ParameterCount"/>].</param>
    public ReadOnlyMemory<float> Of(ReadOnlyMemory<float> parameters, ReplicaMask mask, ReadOnlySpan<float> gradient)
    {
        var weights = _weights.Span[..mask.ParameterCount];
        ParameterSlice.Gather(parameters.Span, mask, weights);
        foreach (var stage in network.Stages)
        {
            if (!stage.Weight.IsPenalized) continue;
            var own = weights.Slice(mask.WeightOffset(stage), mask.WeightLength(stage));
            Move(gradient.Slice(mask.WeightOffset(stage), own.Length), own);
        }

        parameters.Span.CopyTo(_perturbed.Span);
        ParameterSlice.Scatter(weights, mask, _perturbed.Span);
        return _perturbed.Memory;
    }

    private void Move(ReadOnlySpan<float> gradient, Span<float> weights)
    {
        var steepness = Norm(gradient);
        if (!(steepness > 0)) return;
        var factor = (float)(gamma * Norm(weights) / steepness);
        for (var i = 0; i < weights.Length; i++) weights[i] += factor * gradient[i];
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var squares = 0.0;
        foreach (var value in values) squares += (double)value * value;
        return Math.Sqrt(squares);
    }
}

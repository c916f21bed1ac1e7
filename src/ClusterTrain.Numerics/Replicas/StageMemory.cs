using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>What one stage of a replica holds: its outputs, and its weights as packed for each direction.</summary>
internal sealed class StageMemory(DenseStage stage, int maxBatch)
{
    private readonly float[] _bias = new float[stage.Output.Units];
    private PackedMatrix? _forward;
    private PackedMatrix? _backward;
    private bool _forwardIsPacked;
    private bool _backwardIsPacked;

    public DenseStage Stage { get; } = stage;

    /// <summary>[batch, kept outputs]: after bias, activation and scale.</summary>
    public AlignedBuffer Output { get; } = new(maxBatch * stage.Output.Units);

    /// <summary>Parameters or mask have changed: what is packed no longer counts.</summary>
    public void Forget()
    {
        _forwardIsPacked = false;
        _backwardIsPacked = false;
    }

    /// <summary>W^T cut to the kept units: [kept inputs, kept outputs].</summary>
    public PackedMatrix ForwardWeights(IMatrixProducts products, ReadOnlySpan<float> parameters, ReplicaMask mask)
    {
        if (!_forwardIsPacked) _forward = products.Pack(Weights(parameters, mask).Transpose(), _forward);
        _forwardIsPacked = true;
        return _forward!;
    }

    /// <summary>W cut to the kept units: [kept outputs, kept inputs].</summary>
    public PackedMatrix BackwardWeights(IMatrixProducts products, ReadOnlySpan<float> parameters, ReplicaMask mask)
    {
        if (!_backwardIsPacked) _backward = products.Pack(Weights(parameters, mask), _backward);
        _backwardIsPacked = true;
        return _backward!;
    }

    /// <summary>Biases of the kept outputs.</summary>
    public ReadOnlySpan<float> Bias(ReadOnlySpan<float> parameters, ReplicaMask mask)
    {
        var all = parameters.Slice(Stage.Bias.Offset, Stage.Bias.Length);
        var kept = mask[Stage.Output];
        if (kept.IsAll) return all;
        var indices = kept.Indices;
        for (var i = 0; i < indices.Length; i++) _bias[i] = all[indices[i]];
        return _bias.AsSpan(0, indices.Length);
    }

    private MatrixView Weights(ReadOnlySpan<float> parameters, ReplicaMask mask)
    {
        var (outputs, inputs) = (mask[Stage.Output], mask[Stage.Input]);
        var weights = parameters.Slice(Stage.Weight.Offset, Stage.Weight.Length);

        // The counts are set once more because an empty pick reads as "every one", also where a site kept no unit.
        return new MatrixView(weights, Stage.Weight.Rows, Stage.Weight.Columns).Pick(outputs.Picks, inputs.Picks)
            with { Rows = outputs.Count, Columns = inputs.Count };
    }
}

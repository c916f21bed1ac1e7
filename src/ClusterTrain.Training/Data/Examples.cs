using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Training.Data;

/// <summary>Labelled rows in memory: inputs [rows, features] in the range of their data set, row-major, and one class index a row.</summary>
public sealed class Examples(AlignedBuffer inputs, byte[] labels, int features)
{
    public int Rows => Labels.Length;

    public int Features { get; } = features;

    public AlignedBuffer Inputs { get; } = inputs;

    public byte[] Labels { get; } = labels;

    /// <summary>One row's inputs, [features].</summary>
    public ReadOnlySpan<float> Row(int row) => Inputs.Span.Slice(row * Features, Features);
}

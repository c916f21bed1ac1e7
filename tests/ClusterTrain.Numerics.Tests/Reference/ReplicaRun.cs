namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>What one pass of a replica gives.</summary>
internal sealed class ReplicaRun
{
    public required float[] Logits { get; init; }

    public required float[] Losses { get; init; }

    /// <summary>In the layout of the cut-out parameters.</summary>
    public required float[] Gradient { get; init; }

    public required float[] InputGradient { get; init; }
}

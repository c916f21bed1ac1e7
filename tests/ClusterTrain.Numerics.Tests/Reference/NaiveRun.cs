namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>What one pass of a <see cref="NaiveNetwork"/> gives.</summary>
internal sealed class NaiveRun
{
    /// <summary>[batch, classes].</summary>
    public required double[] Logits { get; init; }

    /// <summary>[batch], unscaled.</summary>
    public required double[] Losses { get; init; }

    /// <summary>By every parameter of the full network.</summary>
    public required double[] Gradient { get; init; }

    /// <summary>[batch, inputs].</summary>
    public double[] InputGradient { get; set; } = [];
}

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>A figure, and what it would have been with other test rows or without one of the models.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Draws">In each draw of the bootstrap over test rows.</param>
/// <param name="LeftOut">By group of models: without each one of them.</param>
/// <param name="Shared">Variance that both of these hold: see <see cref="SharedVariance"/>.</param>
/// <param name="Rows">Test rows.</param>
public sealed record Replicates(double Value, double[] Draws, IReadOnlyList<double[]> LeftOut, double Shared, int Rows)
{
    /// <summary>This figure minus one of other models on the same rows, in the same draws.</summary>
    public Replicates Minus(Replicates other) => new(
        Value - other.Value, [.. Draws.Zip(other.Draws, (mine, its) => mine - its)], [.. LeftOut, .. other.LeftOut],
        Shared + other.Shared, Rows);
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Reduction;

namespace ClusterTrain.Training.Commit;

/// <summary>How a step's shard statistics enter the running ones of a batch normalization.</summary>
internal static class RunningStatistics
{
    /// <summary>
    /// r' = r + momentum * (mean of the shards that hold the unit - r); r where none does (Ioffe and Szegedy 2015, section
    /// 3.1, with the moving average that common frameworks use).
    /// </summary>
    /// <param name="stage">With normalization.</param>
    /// <param name="holders">Of the step.</param>
    /// <param name="running">r, [units].</param>
    /// <param name="sum">Sum of the shards' statistics in the tree's order, [units].</param>
    /// <param name="updated">r', [units].</param>
    public static void Update(
        Stage stage, ShardHolders holders, ReadOnlySpan<float> running, ReadOnlySpan<float> sum, Span<float> updated)
    {
        var momentum = (float)stage.StatisticMomentum;
        for (var unit = 0; unit < running.Length; unit++)
        {
            var count = holders.Of(stage.Output, unit);
            updated[unit] = count == 0 ? running[unit] : running[unit] + (momentum * ((sum[unit] / count) - running[unit]));
        }
    }
}

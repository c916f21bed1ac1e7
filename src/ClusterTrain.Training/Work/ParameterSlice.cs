using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// The part of the parameters that some shards of a step keep: what their worker needs of a version, and where their
/// gradients lie. Both sides know it from the run's spec alone.
/// </summary>
/// <remarks>Holds nothing that changes: any thread may call, and masks are the caller's own.</remarks>
public sealed class ParameterSlice(RunPlan plan)
{
    /// <summary>Below this share of the whole, the slice that some shards keep is got instead of everything.</summary>
    public const double WorthSlicing = 0.9;

    /// <summary>Whether the run has these shards of this step.</summary>
    public bool Has(long step, int first, int count) =>
        step >= 0 && step < plan.TotalSteps && first >= 0 && count >= 1 && first <= plan.Shards - count;

    /// <summary>
    /// What executing these shards reads: a new mask.
    /// </summary>
    /// <param name="step">Whose masks cut the slice.</param>
    /// <param name="first">First shard.</param>
    /// <param name="count">Shards, 1 or more.</param>
    public ReplicaMask Mask(long step, int first, int count)
    {
        var mask = new ReplicaMask(plan.Network);
        if (plan.AttacksFullNetwork) mask.Fill();
        else Aim(mask, step, first, count);
        return mask;
    }

    /// <summary>Points a mask at the units that any of these shards keeps: where the sum of their gradients lies.</summary>
    public void Aim(ReplicaMask mask, long step, int first, int count)
    {
        if (plan.HasExampleMasks) mask.Fill();
        else mask.DrawUnion(plan.Masks, step, first, count);
    }

    /// <summary>Shape [rows, features] of a shard's adversarial batch.</summary>
    public (int Rows, int Features) BatchShape(long step, int shard) =>
        (plan.AttackedRowsOfShard, Mask(step, shard, 1).Inputs.Features);

    /// <summary>Cuts the slice out of all parameters.</summary>
    /// <param name="full">[parameters].</param>
    /// <param name="mask">The slice.</param>
    /// <param name="slice">[<see cref="ReplicaMask.ParameterCount"/>]; overwritten.</param>
    public static void Gather(ReadOnlySpan<float> full, ReplicaMask mask, Span<float> slice)
    {
        var at = 0;
        foreach (var stage in mask.Network.Stages)
        {
            var (outputs, inputs, columns) = (mask[stage.Output], mask[stage.Input], mask.WeightColumns(stage));
            foreach (var row in mask.Rows(stage).Indices)
            {
                inputs.Gather(full.Slice(stage.Weight.Offset + (row * stage.Weight.Columns), stage.Weight.Columns), slice.Slice(at, columns));
                at += columns;
            }

            if (!stage.HasBias) continue;
            outputs.Gather(full.Slice(stage.Bias.Offset, stage.Bias.Columns), slice.Slice(at, outputs.Count));
            at += outputs.Count;
        }
    }

    /// <summary>The reverse: puts the slice back in its places; the other parameters stay as they are.</summary>
    public static void Scatter(ReadOnlySpan<float> slice, ReplicaMask mask, Span<float> full)
    {
        var at = 0;
        foreach (var stage in mask.Network.Stages)
        {
            var (outputs, inputs, columns) = (mask[stage.Output], mask[stage.Input], mask.WeightColumns(stage));
            foreach (var row in mask.Rows(stage).Indices)
            {
                inputs.Scatter(slice.Slice(at, columns), full.Slice(stage.Weight.Offset + (row * stage.Weight.Columns), stage.Weight.Columns));
                at += columns;
            }

            if (!stage.HasBias) continue;
            outputs.Scatter(slice.Slice(at, outputs.Count), full.Slice(stage.Bias.Offset, stage.Bias.Columns));
            at += outputs.Count;
        }
    }
}

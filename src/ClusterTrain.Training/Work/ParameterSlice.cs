using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// The part of the parameters that some shards of a step keep: what their worker needs of a version, and where their
/// gradients lie. Both sides know it from the run's spec alone.
/// </summary>
/// <remarks>Not for two threads at once.</remarks>
public sealed class ParameterSlice(RunPlan plan)
{
    private readonly ReplicaMask _mask = new(plan.Network);
    private readonly ReplicaMask _one = new(plan.Network);

    /// <summary>
    /// What executing these shards reads. Overwritten by the next call.
    /// </summary>
    public ReplicaMask Mask(long step, int first, int count)
    {
        if (plan.AttacksFullNetwork) _mask.Fill();
        else Aim(_mask, step, first, count);
        return _mask;
    }

    /// <summary>Points a mask at the units that any of these shards keeps: where the sum of their gradients lies.</summary>
    public void Aim(ReplicaMask mask, long step, int first, int count)
    {
        if (plan.HasExampleMasks)
        {
            mask.Fill();
            return;
        }

        mask.Draw(plan.Spec.Seed, step, first);
        for (var shard = first + 1; shard < first + count; shard++) mask.Unite(_one.Draw(plan.Spec.Seed, step, shard));
    }

    /// <summary>Shape [rows, features] of a shard's adversarial batch.</summary>
    public (int Rows, int Features) BatchShape(long step, int shard)
    {
        if (plan.AttacksFullNetwork) return (plan.AttackedRowsOfShard, plan.Network.Inputs);
        Aim(_one, step, shard, 1);
        return (plan.AttackedRowsOfShard, _one.Inputs.Features);
    }

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
            foreach (var row in outputs.Indices)
            {
                inputs.Gather(full.Slice(stage.Weight.Offset + (row * stage.Weight.Columns), stage.Weight.Columns), slice.Slice(at, columns));
                at += columns;
            }

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
            foreach (var row in outputs.Indices)
            {
                inputs.Scatter(slice.Slice(at, columns), full.Slice(stage.Weight.Offset + (row * stage.Weight.Columns), stage.Weight.Columns));
                at += columns;
            }

            outputs.Scatter(slice.Slice(at, outputs.Count), full.Slice(stage.Bias.Offset, stage.Bias.Columns));
            at += outputs.Count;
        }
    }
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Training.Footprint;

/// <summary>What a replica is for, which decides what memory it comes to need.</summary>
/// <param name="MaxBatch">Most rows at a time.</param>
/// <param name="Runs">Whether it is run at all; else it has only what it begins with.</param>
/// <param name="Trains">Whether gradients of parameters are taken.</param>
/// <param name="IsAttacked">Whether gradients of inputs are taken.</param>
/// <param name="IsThinned">Whether units are cut out.</param>
internal readonly record struct ReplicaUse(int MaxBatch, bool Runs, bool Trains, bool IsAttacked, bool IsThinned);

/// <summary>Bytes that a <see cref="Replica"/> takes, by its network alone.</summary>
/// <param name="Activations">What goes in, and what each stage writes.</param>
/// <param name="Gradients">Gradients of activations on the way back: as many as are alive at a time.</param>
/// <param name="Scratch">Of the stages' kernels, packed weights included.</param>
internal readonly record struct ReplicaMemory(long Activations, long Gradients, long Scratch)
{
    public static ReplicaMemory operator +(ReplicaMemory a, ReplicaMemory b) =>
        new(a.Activations + b.Activations, a.Gradients + b.Gradients, a.Scratch + b.Scratch);

    public static ReplicaMemory Of(Network network, ReplicaUse use) => new(
        Rows(use, network.Inputs) + network.Stages.Sum(stage => Rows(use, stage.Output.Features)),
        Slots(network, use) * Rows(use, network.WidestSite),
        network.Stages.Sum(stage => (stage.ScratchFloats(use.MaxBatch) * sizeof(float)) + Packed(stage, use)));

    private static long Rows(ReplicaUse use, int features) => AlignedBuffer.BytesOf(((long)use.MaxBatch * features) + StageKernel.Slack);

    // The expected share of the weight where units are cut out. Below the first stage only an attack wants gradients.
    private static long Packed(Stage stage, ReplicaUse use)
    {
        if (!stage.PacksWeight || !use.Runs) return 0;
        var kept = use.IsThinned ? (1 - stage.Input.Rate) * (1 - stage.Output.Rate) : 1;
        var isTwofold = use.IsAttacked || (use.Trains && stage.Input.Index > 0);
        return (isTwofold ? 2 : 1) * AlignedBuffer.BytesOf((long)(kept * stage.Weight.Length));
    }

    /// <summary>Gradients of sites that are alive at a time: two in a chain, more where a sum's other end waits.</summary>
    private static int Slots(Network network, ReplicaUse use)
    {
        if (!use.Trains && !use.IsAttacked) return 0;
        var (alive, most) = (new HashSet<int> { network.Sites.Length - 1 }, 1);
        foreach (var stage in network.Stages.Reverse())
        {
            if (!alive.Contains(stage.Output.Index)) continue;
            if (stage.Second is { } second && IsWanted(second, use)) alive.Add(second.Index);
            // What keeps its size writes dx over dy, as far as it has no weights.
            var isInPlace = !stage.RowsAreUnits && stage.Input.Features == stage.Output.Features;
            most = Math.Max(most, alive.Count + (IsWanted(stage.Input, use) && !isInPlace ? 1 : 0));
            alive.Remove(stage.Output.Index);
            if (IsWanted(stage.Input, use)) alive.Add(stage.Input.Index);
        }

        return most;
    }

    private static bool IsWanted(UnitSite site, ReplicaUse use) => use.IsAttacked || site.Index > 0;
}

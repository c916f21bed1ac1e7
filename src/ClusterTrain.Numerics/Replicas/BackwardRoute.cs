namespace ClusterTrain.Numerics.Replicas;

/// <summary>
/// Which memory each site's gradient has on the way back, worked out once for a network: as few slots as there are gradients
/// alive at a time, two for a chain and three where a block's input waits for the block.
/// </summary>
internal sealed class BackwardRoute
{
    private readonly Stack<int> _free = new();
    private int _slots;

    /// <param name="kernels">One a stage.</param>
    /// <param name="toInputs">Whether the inputs' gradient is wanted; else it ends where nothing below is trained.</param>
    public BackwardRoute(IReadOnlyList<StageKernel> kernels, bool toInputs)
    {
        var (needs, readers) = (new bool[kernels.Count + 1], new int[kernels.Count + 1]);
        needs[0] = toInputs;
        foreach (var kernel in kernels)
        {
            var stage = kernel.Stage;
            needs[stage.Output.Index] = needs[stage.Input.Index] || IsTrained(kernel) || (stage.Second is { } second && needs[second.Index]);
            readers[stage.Input.Index]++;
            if (stage.Second is not null) readers[stage.Second.Index]++;
        }

        var slotOf = new int[kernels.Count + 1];
        Array.Fill(slotOf, -1);
        slotOf[^1] = Take();
        Hops = new Hop[kernels.Count];
        for (var i = kernels.Count - 1; i >= 0; i--) Hops[i] = Of(kernels, i, needs, readers, slotOf);
        Inputs = slotOf[0];
    }

    public Hop[] Hops { get; }

    /// <summary>Slot with the inputs' gradient at the end, or -1.</summary>
    public int Inputs { get; }

    /// <summary>One stage on the way back.</summary>
    /// <param name="Runs">Whether it has anything to do.</param>
    /// <param name="Upstream">Slot of its output's gradient.</param>
    /// <param name="Downstream">Slot for what it makes of it, or -1 when nobody wants that.</param>
    /// <param name="Sum">Slot to which that is added in turn, or -1.</param>
    /// <param name="Second">Slot of the second site's gradient, or -1.</param>
    /// <param name="SecondAdds">Whether there is one already.</param>
    /// <param name="MayGate">Whether the stage below has a ReLU that may ride along.</param>
    public readonly record struct Hop(bool Runs, int Upstream, int Downstream, int Sum, int Second, bool SecondAdds, bool MayGate);

    private Hop Of(IReadOnlyList<StageKernel> kernels, int i, bool[] needs, int[] readers, int[] slotOf)
    {
        var (kernel, stage, upstream) = (kernels[i], kernels[i].Stage, slotOf[i + 1]);
        if (!needs[i + 1]) return new(false, -1, -1, -1, -1, SecondAdds: false, MayGate: false);
        var (second, secondAdds) = (-1, false);
        if (stage.Second is { } other && needs[other.Index])
        {
            secondAdds = slotOf[other.Index] >= 0;
            if (!secondAdds) slotOf[other.Index] = Take();
            second = slotOf[other.Index];
        }

        var input = stage.Input.Index;
        if (!needs[input])
        {
            _free.Push(upstream);
            return new(true, upstream, -1, -1, second, secondAdds, MayGate: false);
        }

        var downstream = kernel.WritesInPlace ? upstream : Take();
        var sum = slotOf[input];
        if (sum < 0) slotOf[input] = downstream;
        if (downstream != upstream) _free.Push(upstream);
        if (sum >= 0) _free.Push(downstream);
        var gates = kernel.GatesInputs && input > 0 && kernels[input - 1].Stage.Relu && readers[input] == 1;
        return new(true, upstream, downstream, sum, second, secondAdds, gates);
    }

    private int Take() => _free.Count > 0 ? _free.Pop() : _slots++;

    // Running statistics are not trained.
    private static bool IsTrained(StageKernel kernel) => kernel.Stage.Tensors.Any(tensor => !tensor.IsStatistic);
}

namespace ClusterTrain.Runs.Import;

/// <summary>What a name of the graph stands for: numbers of the file, a shape worked out, or what a row has become.</summary>
internal abstract class GraphValue;

/// <summary>Numbers of the file, perhaps seen in another shape or turned.</summary>
/// <param name="shape">As operations see it.</param>
/// <param name="isTurned">Whether rows and columns of a matrix are exchanged.</param>
internal sealed class ConstantValue(StoredTensor stored, IReadOnlyList<int> shape, bool isTurned = false) : GraphValue
{
    public StoredTensor Stored { get; } = stored;

    public IReadOnlyList<int> Shape { get; } = shape;

    public int Count => Stored.Count;

    public bool IsTurned => isTurned;

    public ConstantValue Turned() => new(Stored, [.. Shape.Reverse()], !isTurned);

    public ConstantValue Seen(IReadOnlyList<int> shape) => new(Stored, shape, isTurned);

    public float[] Floats() => isTurned ? Weight.Turned(Stored.Floats(), Shape[1], Shape[0]) : Stored.Floats();
}

/// <summary>Whole numbers worked out from a shape; null is the number of rows.</summary>
internal sealed class WholeValue(IReadOnlyList<long?> numbers) : GraphValue
{
    public IReadOnlyList<long?> Numbers { get; } = numbers;
}

/// <summary>
/// What a row has become after some steps, one after the other: a list that grows at its end, whose starts are shared by all that
/// branches off from them.
/// </summary>
/// <param name="shape">Of a row: [features], or [channels, height, width].</param>
/// <param name="isFlat">Whether the layers here see features, whatever the shape says.</param>
internal sealed class Flow(Flow? previous, Step? step, IReadOnlyList<int> shape, bool isFlat) : GraphValue
{
    /// <summary>Null for the network's input.</summary>
    public Flow? Previous { get; } = previous;

    /// <summary>What was done last; null for the input.</summary>
    public Step? Step { get; } = step;

    public IReadOnlyList<int> Shape { get; } = shape;

    public bool IsFlat { get; } = isFlat;

    public bool IsMaps => Shape.Count == 3;

    public int Depth { get; } = (previous?.Depth ?? -1) + 1;

    public int Features => Shape.Aggregate(1, (product, side) => product * side);

    /// <summary>One step more.</summary>
    public Flow Then(Step step, IReadOnlyList<int>? shape = null, bool? isFlat = null) => new(this, step, shape ?? Shape, isFlat ?? IsFlat);

    /// <summary>The same steps, of another shape.</summary>
    public Flow Seen(IReadOnlyList<int> shape) => new(Previous, Step, shape, IsFlat);

    /// <summary>The steps behind <paramref name="earlier"/>, first to last; null when this does not come from it.</summary>
    /// <param name="most">Steps that are looked at.</param>
    public IReadOnlyList<Step>? StepsBehind(Flow earlier, int most = int.MaxValue)
    {
        var steps = new List<Step>();
        var at = this;
        for (; at.Depth > earlier.Depth && steps.Count < most; at = at.Previous!) steps.Add(at.Step!);
        steps.Reverse();
        return ReferenceEquals(at, earlier) ? steps : null;
    }
}

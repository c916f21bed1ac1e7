namespace ClusterTrain.Training.Work;

/// <summary>
/// Work items of one kind and step with consecutive numbers: the unit in which work is given out, carried and executed,
/// never split and put together again on the way.
/// </summary>
/// <param name="First">Its first item.</param>
/// <param name="Count">Items, 1 or more.</param>
/// <param name="Version">Version of the parameters that they read.</param>
public readonly record struct WorkRange(WorkId First, int Count, long Version)
{
    /// <summary>How often the step of the training attack was halved for its adversarial rows.</summary>
    public int Halvings { get; init; }

    public WorkKind Kind => First.Kind;

    public long Step => First.Step;

    /// <summary>Its items' names, from 0 to <see cref="Count"/> - 1.</summary>
    public WorkId this[int offset] => First with { Index = First.Index + offset };

    public override string ToString() => Count == 1 ? $"{First}" : $"{First} to {First.Index + Count - 1}";
}

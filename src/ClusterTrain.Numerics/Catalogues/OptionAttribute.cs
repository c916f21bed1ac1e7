namespace ClusterTrain.Numerics.Catalogues;

/// <summary>
/// What an option of a technique, or a key of a run spec, means and allows. Read by validation, by <c>check</c> and by the
/// docs.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string meaning) : Attribute
{
    public string Meaning { get; } = meaning;

    /// <summary>Smallest allowed number; the range is closed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number; the range is closed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Min"/> itself is out of range.</summary>
    public bool AboveMin { get; init; }

    /// <summary>Numbers below are allowed but draw a warning.</summary>
    public double UsualMin { get; init; } = double.NegativeInfinity;

    /// <summary>Numbers above are allowed but draw a warning.</summary>
    public double UsualMax { get; init; } = double.PositiveInfinity;

    /// <summary>Unit of the number: <c>rows</c>, <c>epochs</c>, <c>probability</c>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Whether it must be given because no default makes sense.</summary>
    public bool IsRequired { get; init; }

    /// <summary>
    /// Whether the canonical text leaves the key out while it has its default: for keys that are newer than runs which people keep, and
    /// whose default means what was done before them.
    /// </summary>
    public bool IsLeftOutAtDefault { get; init; }

    /// <summary>When the key has no effect, as a short clause: <c>type is not cosine</c>.</summary>
    public string IgnoredWhen { get; init; } = "";
}

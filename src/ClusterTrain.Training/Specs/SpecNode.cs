namespace ClusterTrain.Training.Specs;

/// <summary>
/// A piece of YAML with its place in the text. Our own tree, since YamlDotNet's stops at the first duplicate key while
/// a spec's problems are reported all at once; immutable, so that aliases may share pieces.
/// </summary>
internal abstract class SpecNode(SpecMark mark)
{
    public SpecMark Mark { get; } = mark;

    /// <summary>What it is, for a message: <c>'abc'</c>, <c>a list</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Whether nothing was written where a value could be.</summary>
    public virtual bool IsEmpty => false;

    public sealed class Scalar(string text, bool quoted, SpecMark mark) : SpecNode(mark)
    {
        /// <summary>The value without quotes.</summary>
        public string Text { get; } = text;

        public bool Quoted { get; } = quoted;

        public override string Description => IsEmpty ? "no value" : (Quoted ? "the text " : "") + SpecScalar.Quote(Text);

        public override bool IsEmpty => SpecScalar.IsNull(Text, Quoted);
    }

    public sealed class List(IReadOnlyList<SpecNode> items, SpecMark mark) : SpecNode(mark)
    {
        public IReadOnlyList<SpecNode> Items { get; } = items;

        public override string Description => "a list";
    }

    public sealed class Map(IReadOnlyList<(SpecNode Key, SpecNode Value)> entries, SpecMark mark) : SpecNode(mark)
    {
        /// <summary>In the order of the text, duplicates included.</summary>
        public IReadOnlyList<(SpecNode Key, SpecNode Value)> Entries { get; } = entries;

        public override string Description => "a mapping";

        public SpecNode? Find(string key) =>
            Entries.FirstOrDefault(entry => entry.Key is Scalar scalar && scalar.Text == key).Value;
    }
}

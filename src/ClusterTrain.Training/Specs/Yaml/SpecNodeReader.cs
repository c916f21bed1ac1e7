using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ClusterTrain.Training.Specs.Yaml;

/// <summary>Reads text into a tree: one document, aliases resolved, no tags.</summary>
internal sealed class SpecNodeReader
{
    // Specs are four levels deep; the limit keeps a hostile text from exhausting the stack.
    private const int DeepestLevel = 32;

    // The longest recipes have some thousand; what is longer was not written by anybody, and would only be refused key by key.
    private const int MostNodes = 20_000;
    private const int MostCharacters = 1 << 20;

    private readonly Parser _parser;
    private readonly string _source;
    private readonly bool _hasLines;
    private readonly Dictionary<string, (SpecNode Node, int Size)> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private SpecNodeReader(string text, string source, bool hasLines)
    {
        _parser = new Parser(new StringReader(text));
        _source = source;
        _hasLines = hasLines;
    }

    /// <param name="hasLines">False for a value from the command line, whose lines mean nothing to the user.</param>
    /// <returns>The tree (null for an empty text) or, when the text is no YAML, the problem.</returns>
    public static (SpecNode? Root, SpecProblem? Problem) Read(string text, string source, bool hasLines = true)
    {
        var reader = new SpecNodeReader(text, source, hasLines);
        if (text.Length > MostCharacters)
            return (null, SpecProblem.Error("", $"has {text.Length} characters; allowed are {MostCharacters}").At(reader.MarkOf(Mark.Empty)));
        try
        {
            return (reader.Document(), null);
        }
        catch (YamlException exception)
        {
            var problem = SpecProblem.Error("", $"not readable as YAML: {FirstLine(exception)}");
            return (null, problem.At(reader.MarkOf(exception.Start)));
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet's scanner throws at some texts, such as a brace that is never closed before a block.
            var problem = SpecProblem.Error("", "not readable as YAML: not understood after this, perhaps for a brace or quote that is not closed");
            return (null, problem.At(reader.MarkOf(reader._parser.Current?.End ?? Mark.Empty)));
        }
    }

    private SpecNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
            return null;
        _parser.Consume<DocumentStart>();
        var root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Current is DocumentStart next)
            throw new YamlException(next.Start, next.End, "a spec is one document; a second one starts here");
        return root;
    }

    private SpecNode Node(int level)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var target))
                throw new YamlException(alias.Start, alias.End, $"no anchor '{alias.Value.Value}' stands before this alias");
            Count(target.Size, alias); // Written once, and as much to read each time.
            return target.Node;
        }

        var start = _parser.Consume<NodeEvent>();
        var before = _nodes;
        Count(1, start);
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
            throw new YamlException(start.Start, start.End, $"tags such as '{start.Tag.Value}' are not supported");
        if (level > DeepestLevel)
            throw new YamlException(start.Start, start.End, "nested too deeply for a spec");
        SpecNode node = start switch
        {
            Scalar scalar => new SpecNode.Scalar(scalar.Value, scalar.Style != ScalarStyle.Plain, MarkOf(scalar.Start)),
            SequenceStart => new SpecNode.List(Items(level + 1), MarkOf(start.Start)),
            MappingStart => new SpecNode.Map(Entries(level + 1), MarkOf(start.Start)),
            _ => throw new YamlException(start.Start, start.End, "unexpected content"),
        };
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = (node, _nodes - before);
        return node;
    }

    private void Count(int nodes, ParsingEvent at)
    {
        _nodes += nodes;
        if (_nodes > MostNodes) throw new YamlException(at.Start, at.End, $"it has more than {MostNodes} keys and values, which no spec needs");
    }

    private List<SpecNode> Items(int level)
    {
        var items = new List<SpecNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(level));
        return items;
    }

    private List<(SpecNode Key, SpecNode Value)> Entries(int level)
    {
        var entries = new List<(SpecNode, SpecNode)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
            entries.Add((Node(level), Node(level)));
        return entries;
    }

    private SpecMark MarkOf(Mark mark) =>
        _hasLines ? new(_source, (int)mark.Line, (int)mark.Column) : new(_source, null, null);

    private static string FirstLine(YamlException exception)
    {
        var message = (exception.InnerException ?? exception).Message;
        return message.Split('\n')[0].Trim().TrimEnd('.');
    }
}

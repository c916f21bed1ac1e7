using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Shorthands;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs;

/// <summary>
/// Turns a tree into a spec, driven by the records and their attributes. A value that is wrong is reported and replaced
/// by its default, so that the rest is read as well.
/// </summary>
/// <param name="defaults">A spec of the type to read, with the values of keys that are not given.</param>
internal sealed class SpecBinder(object defaults)
{
    // Finding out what may be meant takes longer than all else; a text with more problems than these is none that was mistyped.
    private const int MostHints = 200;

    private const string LayerExample = "{ type: dense, units: 256 }";

    private readonly Dictionary<string, SpecMark> _marks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private readonly List<SpecProblem> _problems = [];

    public IReadOnlyList<SpecProblem> Problems => _problems;

    /// <summary>Paths whose value in the spec is not what the user wrote.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    /// <summary>A spec of the defaults' type.</summary>
    public object Bind(SpecNode? root) => BindSection(root, defaults, "");

    /// <summary>The problem with the place of its path, or of the nearest section above that was written.</summary>
    public SpecProblem Locate(SpecProblem problem)
    {
        for (var path = problem.Path; ; path = SpecPath.Parent(path))
        {
            if (_marks.TryGetValue(path, out var mark))
                return problem.At(mark);
            if (path.Length == 0)
                return problem;
        }
    }

    private object BindSection(SpecNode? node, object defaults, string path)
    {
        var fields = SpecSchema.FieldsOf(defaults.GetType());
        var given = Entries(node, [.. fields.SelectMany(KeysOf)], path);
        var section = Activator.CreateInstance(defaults.GetType())!;
        foreach (var field in fields)
        {
            var value = field.Property.GetValue(defaults)!;
            if (field.Choice is { Key: null } choice)
                value = BindChoice(choice, field.Name, given, (Technique)value, path);
            else if (given.TryGetValue(field.Name, out var written))
                value = BindValue(written, field, value, SpecPath.Child(path, field.Name));
            field.Property.SetValue(section, value);
        }

        return section;
    }

    private static IEnumerable<string> KeysOf(SpecField field) =>
        field.Choice is { Key: null } choice ? choice.Options.Select(option => option.Name).Prepend(field.Name) : [field.Name];

    /// <summary>
    /// A technique that is chosen by name, with its options. Options of others in its catalogue may stand beside them, so that
    /// another name over a file needs no other change, but are named.
    /// </summary>
    /// <param name="choice">The catalogue.</param>
    /// <param name="key">Key that names the technique.</param>
    /// <param name="given">Entries of the section that holds it and the options.</param>
    /// <param name="fallback">The technique, and its options, where nothing is given.</param>
    /// <param name="path">Path of the section.</param>
    private Technique BindChoice(
        SpecChoice choice, string key, Dictionary<string, SpecNode> given, Technique fallback, string path)
    {
        var keyPath = SpecPath.Child(path, key);
        var chosen = fallback;
        if (given.TryGetValue(key, out var written))
        {
            var entry = written is SpecNode.Scalar { Text: var name } ? choice.Find(name) : null;
            if (entry is null) Fail(keyPath, written.Mark, choice.Wanted(written), 0);
            else if (entry.GetType() != fallback.GetType()) chosen = entry;
        }

        var bound = chosen with { };
        var fields = SpecSchema.FieldsOf(chosen.GetType());
        foreach (var field in fields)
            if (given.TryGetValue(field.Name, out var value))
                field.Property.SetValue(bound, BindValue(value, field, field.Property.GetValue(chosen)!, SpecPath.Child(path, field.Name)));

        List<string> others = [.. choice.Options.Select(option => option.Name)
            .Where(name => given.ContainsKey(name) && fields.All(field => field.Name != name))];
        if (others.Count > 0 && !_failed.Contains(keyPath))
        {
            var first = SpecPath.Child(path, others[0]);
            _problems.Add(SpecProblem.Warning(first, $"{chosen.Name} has no {string.Join(", ", others)}: ignored").At(_marks[first]));
        }

        return bound;
    }

    private object BindValue(SpecNode node, SpecField field, object fallback, string path)
    {
        if (field.Choice is { Key: { } key } choice)
        {
            var given = Entries(node, [key, .. choice.Options.Select(option => option.Name)], path);
            return BindChoice(choice, key, given, (Technique)fallback, path);
        }

        if (field.IsSection)
            return BindSection(node, fallback, path);
        if (field.Type == LayerSchema.List)
            return BindLayers(node, fallback, path);
        if (field.Type == typeof(IReadOnlyList<int>))
            return BindNumbers(node, field, fallback, path);
        return field.ItemType is { } type ? BindList(node, type, field.Key, fallback, path) : BindScalar(node, field.Type, field.Key, fallback, path);
    }

    private object BindScalar(SpecNode node, Type type, OptionAttribute key, object fallback, string path)
    {
        if (node is not SpecNode.Scalar scalar)
            return Fail(path, node.Mark, $"wants {SpecScalar.Wanted(type)}; {node.Description} is given", fallback);
        var reading = SpecScalar.Read(scalar.Text, scalar.Quoted, type, key);
        if (reading.Warning is { } warning)
            _problems.Add(SpecProblem.Warning(path, warning).At(node.Mark));
        return reading.Error is { } error ? Fail(path, node.Mark, error, fallback) : reading.Value!;
    }

    /// <summary>A list of plain values; a single one may stand without brackets.</summary>
    private object BindList(SpecNode node, Type type, OptionAttribute key, object fallback, string path)
    {
        if (node is SpecNode.Map or { IsEmpty: true })
            return Fail(path, node.Mark, $"wants a list such as [{SpecScalar.Example(type)}]; {node.Description} is given", fallback);
        IReadOnlyList<SpecNode> items = node is SpecNode.List list ? list.Items : [node];
        var values = Array.CreateInstance(type, items.Count);
        for (var i = 0; i < items.Count; i++)
            values.SetValue(BindScalar(items[i], type, key, Activator.CreateInstance(type)!, SpecPath.Item(path, i)), i);
        return values;
    }

    private object BindNumbers(SpecNode node, SpecField field, object fallback, string path)
    {
        if (node is not SpecNode.List list)
            return Fail(path, node.Mark, $"wants {SpecScalar.Wanted(field.Type)}; {node.Description} is given", fallback);
        var numbers = new List<int>();
        foreach (var (index, item) in list.Items.Index())
        {
            var itemPath = SpecPath.Item(path, index);
            var reading = item is SpecNode.Scalar scalar
                ? SpecScalar.Read(scalar.Text, scalar.Quoted, typeof(int), field.Key)
                : new(null, $"wants a whole number; {item.Description} is given", null);
            if (reading.Error is { } error) Fail(itemPath, item.Mark, error, 0);
            else numbers.Add((int)reading.Value!);
        }

        return numbers.ToArray();
    }

    private object BindLayers(SpecNode node, object fallback, string path)
    {
        if (node is not SpecNode.List list)
        {
            return Fail(
                path, node.Mark, $"wants a list of layers such as - {LayerExample}; {node.Description} is given", fallback);
        }

        // Paths number the layers as they are in the end: a shorthand counts as what it stands for.
        List<LayerDefinition> layers = [];
        foreach (var item in list.Items)
        {
            var itemPath = SpecPath.Item(path, layers.Count);
            if (BindLayer(item, itemPath) is not { } layer) continue;
            if (layer is not NetworkShorthand shorthand || _failed.Any(failed => SpecPath.Touch(itemPath, failed)))
            {
                layers.Add(layer);
                continue;
            }

            if (shorthand.Contradiction is { } problem) Fail(itemPath, item.Mark, problem, 0);
            var first = layers.Count;
            layers.AddRange(shorthand.Contradiction is null ? shorthand.Expand() : [layer]);
            for (var i = first; i < layers.Count; i++) _marks[SpecPath.Item(path, i)] = item.Mark;
        }

        return layers.ToArray();
    }

    private LayerDefinition? BindLayer(SpecNode node, string path)
    {
        _marks[path] = node.Mark;
        var names = LayerCatalogue.All.Names.ToList();
        if (node is not SpecNode.Map map)
            return NoLayer(path, node, $"wants a mapping such as {LayerExample}; {node.Description} is given");
        var typePath = SpecPath.Child(path, LayerSchema.Discriminator);
        if (map.Find(LayerSchema.Discriminator) is not { } written)
        {
            // The keys of any layer may be meant; a misspelled 'type' is reported as such.
            var keys = LayerSchema.All.SelectMany(LayerSchema.FieldsOf).Select(field => field.Name).Distinct(StringComparer.Ordinal);
            Entries(map, [.. keys, LayerSchema.Discriminator], path);
            return _failed.Contains(typePath)
                ? null
                : NoLayer(typePath, node, $"is missing; allowed: {string.Join(", ", names)}");
        }

        var name = (written as SpecNode.Scalar)?.Text ?? "";
        var type = LayerCatalogue.All.Find(name);
        if (type is null)
            return NoLayer(typePath, written, $"{written.Description} is no layer{NearestName.Hint(name, names)}");

        var given = Entries(map, [LayerSchema.Discriminator, .. LayerSchema.FieldsOf(type).Select(field => field.Name)], path);
        var layer = type.Create();
        foreach (var field in LayerSchema.FieldsOf(type))
        {
            var fieldPath = SpecPath.Child(path, field.Name);
            var value = field.Property.GetValue(layer)!;
            if (given.TryGetValue(field.Name, out var entry))
                field.Property.SetValue(layer, BindValue(entry, field, value, fieldPath));
            else if (field.Key.IsRequired && !_failed.Contains(fieldPath))
            {
                var wanted = field.Type == LayerSchema.List
                    ? $"a list of layers such as [{LayerExample}]" : $"{SpecScalar.Wanted(field.Type)} ({SpecScalar.Range(field.Key)})";
                Fail(fieldPath, node.Mark, $"is missing: {type.Name} wants {wanted}", value);
            }
        }

        return layer;
    }

    /// <summary>The known entries of a mapping; unknown and repeated ones are reported.</summary>
    private Dictionary<string, SpecNode> Entries(SpecNode? node, IReadOnlyList<string> known, string path)
    {
        var given = new Dictionary<string, SpecNode>(StringComparer.Ordinal);
        if (node is not null)
            _marks[path] = node.Mark;
        foreach (var (name, mark, value) in SpecEntries.Of(node, path, $"keys such as '{known[0]}:'", (at, place, message) => Fail(at, place, message, 0)))
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                FailUnknown(name, known, path, mark);
                continue;
            }

            given.Add(name, value);
            _marks[SpecPath.Child(path, name)] = mark;
        }

        return given;
    }

    private void FailUnknown(string name, IReadOnlyList<string> known, string path, SpecMark mark)
    {
        if (_problems.Count > MostHints)
        {
            _problems.Add(SpecProblem.Error(SpecPath.Child(path, SpecScalar.Quote(name).Trim('\'')), "unknown key").At(mark));
            return;
        }

        var hint = NearestName.Hint(name, known);
        if (NearestName.Find(name, known) is { } near)
            _failed.Add(SpecPath.Child(path, near)); // What was meant was given, only not understood.
        else if (Elsewhere(name) is { } otherPath)
            hint = $"; did you mean '{otherPath}'?";
        _problems.Add(SpecProblem.Error(SpecPath.Child(path, SpecScalar.Quote(name).Trim('\'')), "unknown key" + hint).At(mark));
    }

    /// <summary>A key of exactly this name in another section.</summary>
    private string? Elsewhere(string name) =>
        SpecSchema.Walk(defaults)
            .Select(key => key.Path)
            .FirstOrDefault(path => path.EndsWith("." + name, StringComparison.Ordinal));

    private LayerDefinition? NoLayer(string path, SpecNode node, string message)
    {
        Fail(path, node.Mark, message, 0);
        return null;
    }

    private T Fail<T>(string path, SpecMark mark, string message, T fallback)
    {
        _failed.Add(path);
        _problems.Add(SpecProblem.Error(path, message).At(mark));
        return fallback;
    }
}

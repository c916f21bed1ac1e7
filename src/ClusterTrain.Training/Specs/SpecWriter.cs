using System.Text;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs;

/// <summary>
/// Writes a spec with every default filled in. Without comments the text is canonical: equal specs give equal bytes,
/// on any machine, and reading it gives the spec back exactly.
/// </summary>
public static class SpecWriter
{
    private const int Width = 118;

    /// <param name="comments">Whether a comment above each key says what it means and allows.</param>
    public static string Write(RunSpec spec, bool comments = false) => Write(spec, comments, []);

    /// <summary>Layers as the value of <c>layers</c> in a spec, each line of it behind an indent.</summary>
    public static string WriteLayers(IReadOnlyList<LayerDefinition> layers, string indent)
    {
        var text = new StringBuilder();
        WriteLayers(text, layers, indent);
        return text.ToString().TrimStart('\n');
    }

    /// <param name="without">Keys of the root that are left out.</param>
    internal static string Write(object spec, bool comments, IReadOnlyCollection<string> without)
    {
        var text = new StringBuilder();
        WriteSection(text, spec, 0, comments, without);
        return text.ToString();
    }

    private static void WriteSection(
        StringBuilder text, object section, int depth, bool comments, IReadOnlyCollection<string> without)
    {
        var indent = new string(' ', 2 * depth);
        foreach (var field in SpecSchema.FieldsOf(section.GetType()).Where(field => !without.Contains(field.Name)))
        {
            var value = field.Property.GetValue(section)!;
            if (!comments && field.IsLeftOut(value)) continue;
            if (comments)
                WriteComment(text, field, indent);
            text.Append(indent).Append(field.Name).Append(':');
            if (field.Choice is { } choice)
            {
                WriteChoice(text, choice, field, (Technique)value, depth, comments);
            }
            else if (field.IsSection)
            {
                text.Append('\n');
                WriteSection(text, value, depth + 1, comments, []);
            }
            else if (value is IReadOnlyList<LayerDefinition> layers)
            {
                WriteLayers(text, layers, indent + "  ");
            }
            else if (field.ItemType is not null)
            {
                text.Append(' ').Append(WriteList(value)).Append('\n');
            }
            else
            {
                text.Append(' ').Append(SpecScalar.Write(value)).Append('\n');
            }
        }
    }

    /// <summary>The technique's name and its own options, in the section or in one of its own.</summary>
    private static void WriteChoice(
        StringBuilder text, SpecChoice choice, SpecField field, Technique technique, int depth, bool comments)
    {
        if (choice.Key is { } key)
        {
            depth++;
            var indent = new string(' ', 2 * depth);
            text.Append('\n');
            if (comments)
                WriteComment(text, choice.NameField(field), indent);
            text.Append(indent).Append(key).Append(':');
        }

        text.Append(' ').Append(technique.Name).Append('\n');
        WriteSection(text, technique, depth, comments, []);
    }

    /// <summary>A list of plain values on one line.</summary>
    internal static string WriteList(object values) =>
        $"[{string.Join(", ", ((System.Collections.IEnumerable)values).Cast<object>().Select(SpecScalar.Write))}]";

    private static void WriteLayers(StringBuilder text, IReadOnlyList<LayerDefinition> layers, string indent)
    {
        text.Append(layers.Count == 0 ? " []\n" : "\n");
        foreach (var layer in layers)
        {
            var (type, separator) = (LayerCatalogue.Of(layer), layer.Branches.Count == 0 ? ", " : "\n" + indent + "  ");
            var isBlock = layer.Branches.Count > 0;
            text.Append(indent).Append(isBlock ? "- " : "- { ").Append(LayerSchema.Discriminator).Append(": ").Append(type.Name);
            foreach (var field in LayerSchema.FieldsOf(type))
            {
                text.Append(separator).Append(field.Name).Append(':');
                var value = field.Property.GetValue(layer)!;
                if (value is IReadOnlyList<LayerDefinition> inner) WriteLayers(text, inner, indent + "    ");
                else text.Append(' ').Append(WriteScalarOrList(field, value));
                if (isBlock && text[^1] == '\n') text.Length--;
            }

            text.Append(isBlock ? "\n" : " }\n");
        }
    }

    /// <summary>A value on one line.</summary>
    internal static string WriteScalarOrList(SpecField field, object value) => field.ItemType is null ? SpecScalar.Write(value) : WriteList(value);

    private static void WriteComment(StringBuilder text, SpecField field, string indent)
    {
        if (indent.Length == 0)
            text.Append(text.Length == 0 ? "" : "\n");
        var line = new StringBuilder(indent + "#");
        foreach (var word in Comment(field).Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line.Clear().Append(indent).Append('#');
            }

            line.Append(' ').Append(word);
        }

        text.Append(line).Append('\n');
    }

    /// <summary>What a key allows, for a table or a comment: names, or a range with its unit and the usual range.</summary>
    internal static string Allowed(SpecField field)
    {
        if (field.IsSection || field.Type == typeof(string))
            return "";
        if (field.Choice is { } choice)
            return string.Join(", ", choice.Entries.Select(entry => entry.Name));
        if (field.Type == LayerSchema.List)
            return "a list of layers: " + string.Join(", ", LayerCatalogue.All.BuiltIn.Select(kind => kind.Name));
        if (field.Type == typeof(IReadOnlyList<int>))
            return $"a list of whole numbers, {SpecScalar.Range(field.Key)}";
        if (field.ItemType is { } item)
            return "a list of " + (item.IsEnum ? SpecScalar.Wanted(item).Replace("one of ", "", StringComparison.Ordinal) : SpecScalar.Range(field.Key));
        if (field.Type.IsEnum || field.Type == typeof(bool))
            return SpecScalar.Wanted(field.Type).Replace("one of ", "", StringComparison.Ordinal);
        var usual = SpecScalar.UsualRange(field.Key);
        return SpecScalar.Range(field.Key) + (usual.Length == 0 ? "" : $" (usual: {usual})");
    }

    private static string Comment(SpecField field)
    {
        string[] parts =
        [
            field.Key.Meaning,
            Allowed(field) is { Length: > 0 } allowed ? allowed : "",
            field.IgnoredWhen.Length == 0 ? "" : "ignored when " + field.IgnoredWhen,
        ];
        return string.Join("; ", parts.Where(part => part.Length > 0)) + ".";
    }
}

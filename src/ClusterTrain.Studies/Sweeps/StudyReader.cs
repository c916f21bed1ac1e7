using System.Text.RegularExpressions;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>Reads pieces of a study's file and collects what is wrong with them, each with its path and place.</summary>
internal sealed partial class StudyReader
{
    private const int LongestName = 40;

    public List<SpecProblem> Problems { get; } = [];

    /// <summary>The known entries of a mapping; unknown and repeated ones are reported.</summary>
    public Dictionary<string, SpecNode> Section(SpecNode? node, IReadOnlyList<string> known, string path)
    {
        var given = new Dictionary<string, SpecNode>(StringComparer.Ordinal);
        foreach (var (name, mark, value) in Entries(node, path, $"keys such as '{known[0]}:'"))
        {
            if (known.Contains(name, StringComparer.Ordinal)) given[name] = value;
            else Fail(SpecPath.Child(path, name), mark, "unknown key" + NearestName.Hint(name, known));
        }

        return given;
    }

    /// <summary>Entries under names that the user chose, each once.</summary>
    /// <param name="wanted">What the mapping holds, for a message.</param>
    public IReadOnlyList<(string Name, SpecMark Mark, SpecNode Value)> Entries(SpecNode? node, string path, string wanted)
    {
        if (node is null or { IsEmpty: true })
            return [];
        if (node is not SpecNode.Map map)
        {
            Fail(path, node.Mark, $"wants a mapping with {wanted}; {node.Description} is given");
            return [];
        }

        var entries = new List<(string Name, SpecMark Mark, SpecNode Value)>();
        foreach (var (key, value) in map.Entries)
        {
            if (key is not SpecNode.Scalar { Text: var name })
                Fail(path, key.Mark, $"keys are words; {key.Description} is given as one");
            else if (entries.Exists(entry => entry.Name == name))
                Fail(SpecPath.Child(path, name), key.Mark, "is given twice");
            else
                entries.Add((name, key.Mark, value));
        }

        return entries;
    }

    /// <summary>A name that becomes part of a folder's.</summary>
    public bool IsName(string name, string path, SpecMark mark)
    {
        if (Name().IsMatch(name) && name.Length <= LongestName)
            return true;
        Fail(path, mark, $"{SpecScalar.Quote(name)} is no name; allowed: letters, digits, '-', '_' and '.', first a letter or digit, at most {LongestName} characters");
        return false;
    }

    /// <summary>A single value by the rules of a spec's keys.</summary>
    public T Value<T>(Dictionary<string, SpecNode> section, string key, string path, OptionAttribute allowed, T fallback)
        where T : notnull
    {
        if (!section.TryGetValue(key, out var node))
            return fallback;
        return Value(node, SpecPath.Child(path, key), allowed, fallback);
    }

    public T Value<T>(SpecNode node, string path, OptionAttribute allowed, T fallback)
        where T : notnull
    {
        var reading = node is SpecNode.Scalar scalar
            ? SpecScalar.Read(scalar.Text, scalar.Quoted, typeof(T), allowed)
            : new(null, $"wants {SpecScalar.Wanted(typeof(T))}; {node.Description} is given", null);
        if (reading.Error is { } error)
            Fail(path, node.Mark, error);
        return reading.Error is null ? (T)reading.Value! : fallback;
    }

    public void Fail(string path, SpecMark mark, string message) => Problems.Add(SpecProblem.Error(path, message).At(mark));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]*\z")]
    private static partial Regex Name();
}

using System.Text.RegularExpressions;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Loading;

/// <summary>Reads pieces of a study's file and collects what is wrong with them, each with its path and place.</summary>
internal sealed partial class StudyReader(List<SpecProblem> problems)
{
    private const int LongestName = 40;

    public List<SpecProblem> Problems => problems;

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
    public IReadOnlyList<(string Name, SpecMark Mark, SpecNode Value)> Entries(SpecNode? node, string path, string wanted) =>
        SpecEntries.Of(node, path, wanted, Fail);

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

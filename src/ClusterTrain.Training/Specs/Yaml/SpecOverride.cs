using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterTrain.Training.Specs.Yaml;

/// <summary>
/// One <c>--set path=value</c>, written into the tree before it is bound, so that a wrong name or value in it meets the
/// same checks as one in the file. The value is YAML: <c>0.3</c>, <c>{ type: relu }</c>, <c>[...]</c>.
/// </summary>
internal sealed partial class SpecOverride
{
    private const int MostSteps = 32;

    private readonly IReadOnlyList<string> _steps;
    private readonly SpecNode _value;

    private SpecOverride(SpecMark mark, IReadOnlyList<string> steps, SpecNode value)
    {
        Mark = mark;
        _steps = steps;
        _value = value;
    }

    private SpecMark Mark { get; }

    /// <summary>The tree with every override written into it, in order; the last one wins.</summary>
    public static SpecNode? ApplyAll(SpecNode? root, IEnumerable<string> sets, List<SpecProblem> problems)
    {
        foreach (var set in sets)
        {
            var (parsed, problem) = Parse(set);
            if (parsed is not null)
                root = parsed.Write(root, 0, "", ref problem);
            if (problem is not null)
                problems.Add(problem);
        }

        return root;
    }

    /// <summary>The tree with one value that was read elsewhere written to a path; problems stand at <paramref name="mark"/>.</summary>
    public static SpecNode? Apply(SpecNode? root, string path, SpecNode value, SpecMark mark, List<SpecProblem> problems)
    {
        var (steps, problem) = Steps(path);
        if (steps is not null)
            root = new SpecOverride(mark, steps, value).Write(root, 0, "", ref problem);
        if (problem is not null)
            problems.Add(problem.At(mark));
        return root;
    }

    private static (IReadOnlyList<string>? Steps, SpecProblem? Problem) Steps(string path)
    {
        var steps = Step().Matches(path).Select(match => match.Value.TrimStart('.')).ToList();
        return Path().IsMatch(path) && steps.Count <= MostSteps
            ? (steps, null)
            : (null, SpecProblem.Error("", $"{SpecScalar.Quote(path)} is not a path such as network.layers[1].rate"));
    }

    private static (SpecOverride? Set, SpecProblem? Problem) Parse(string set)
    {
        var label = "--set " + SpecScalar.Quote(set).Trim('\'');
        var mark = new SpecMark(label, null, null);
        var equals = set.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return (null, SpecProblem.Error("", "wants path=value, such as epochs=3; there is no '='").At(mark));
        var path = set[..equals].Trim();
        var (steps, problemOfPath) = Steps(path);
        if (steps is null)
            return (null, problemOfPath!.At(mark));

        var (value, problem) = SpecNodeReader.Read(set[(equals + 1)..], label, hasLines: false);
        return problem is not null
            ? (null, problem with { Path = path })
            : (new(mark, steps, value ?? new SpecNode.Scalar("", quoted: false, mark)), null);
    }

    private SpecNode? Write(SpecNode? node, int depth, string path, ref SpecProblem? problem)
    {
        if (depth == _steps.Count)
            return _value;
        var step = _steps[depth];
        if (node is null or { IsEmpty: true })
            node = (SpecNode?)DefaultList(path) ?? new SpecNode.Map([], Mark);
        switch (node)
        {
            case SpecNode.Map map when step[0] != '[':
                return WriteEntry(map, step, depth, path, ref problem);
            case SpecNode.List list when IndexOf(step) is { } index:
                if (index < list.Items.Count)
                    return WriteItem(list, index, depth, path, ref problem);
                problem = Problem(path, $"{Entries(list)}; there is no entry {index}");
                return node;
            case SpecNode.List:
                problem = Problem(path, $"is a list, which has no key '{step}'; name an entry by number, as in {path}[0]");
                return node;
            default:
                problem = Problem(path, $"is {node.Description} and has no {(step[0] == '[' ? "entries" : "keys")}");
                return node;
        }
    }

    private SpecNode.Map WriteEntry(SpecNode.Map map, string key, int depth, string path, ref SpecProblem? problem)
    {
        var written = Write(map.Find(key), depth + 1, SpecPath.Child(path, key), ref problem);
        if (problem is not null)
            return map;
        var entry = ((SpecNode)new SpecNode.Scalar(key, quoted: false, Mark), written!);
        var entries = map.Entries.ToList();
        var place = entries.FindIndex(old => old.Key is SpecNode.Scalar scalar && scalar.Text == key);
        if (place < 0)
            entries.Add(entry);
        else
            entries[place] = depth + 1 == _steps.Count ? entry : (entries[place].Key, written!);
        return new(entries, map.Mark);
    }

    private SpecNode.List WriteItem(SpecNode.List list, int index, int depth, string path, ref SpecProblem? problem)
    {
        var written = Write(list.Items[index], depth + 1, SpecPath.Item(path, index), ref problem);
        return problem is not null ? list : new([.. list.Items.Select((item, i) => i == index ? written! : item)], list.Mark);
    }

    /// <summary>A list the text leaves to its default still has entries that can be named.</summary>
    private static SpecNode.List? DefaultList(string path)
    {
        SpecNode? node = SpecNodeReader.Read(SpecWriter.Write(new RunSpec()), "default", hasLines: false).Root;
        foreach (var key in path.Split('.'))
            node = (node as SpecNode.Map)?.Find(key);
        return node as SpecNode.List;
    }

    private SpecProblem Problem(string path, string message) => SpecProblem.Error(path, message).At(Mark);

    private static string Entries(SpecNode.List list) => list.Items.Count switch
    {
        0 => "has no entries",
        1 => "has one entry, 0",
        var count => $"has {count} entries, 0 to {count - 1}",
    };

    private static int? IndexOf(string step) =>
        int.TryParse(step.Trim('[', ']'), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    [GeneratedRegex(@"\A[^.\[\]\s]+(\.[^.\[\]\s]+|\[[0-9]+\])*\z")]
    private static partial Regex Path();

    [GeneratedRegex(@"\[[0-9]+\]|\.?[^.\[\]]+")]
    private static partial Regex Step();
}

namespace ClusterTrain.Training.Specs;

/// <summary>The entries of a mapping, each name once.</summary>
internal static class SpecEntries
{
    /// <param name="wanted">What the mapping holds, for a message.</param>
    /// <param name="fail">Told what is wrong: path, place and message.</param>
    public static IReadOnlyList<(string Name, SpecMark Mark, SpecNode Value)> Of(
        SpecNode? node, string path, string wanted, Action<string, SpecMark, string> fail)
    {
        if (node is null or { IsEmpty: true })
            return [];
        if (node is not SpecNode.Map map)
        {
            fail(path, node.Mark, $"wants a mapping with {wanted}; {node.Description} is given");
            return [];
        }

        var entries = new List<(string Name, SpecMark Mark, SpecNode Value)>();
        foreach (var (key, value) in map.Entries)
        {
            if (key is not SpecNode.Scalar { Text: var name })
                fail(path, key.Mark, $"keys are words; {key.Description} is given as one");
            else if (entries.FindIndex(entry => entry.Name == name) is >= 0 and var first)
                fail(SpecPath.Child(path, name), key.Mark, $"is given twice{(entries[first].Mark.Line is { } line ? $", first on line {line}" : "")}");
            else
                entries.Add((name, key.Mark, value));
        }

        return entries;
    }
}

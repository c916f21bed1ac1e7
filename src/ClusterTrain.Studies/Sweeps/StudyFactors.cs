using ClusterTrain.Studies.Loading;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>The factors of a study with what each level sets, and all combinations of them.</summary>
internal sealed record StudyFactors(IReadOnlyList<StudyFactor> Factors, IReadOnlyList<IReadOnlyList<SettingList>> Settings)
{
    // File systems end names at 255 bytes.
    private const int LongestFolder = 150;

    /// <summary>Combinations of one level of each factor; 1 without factors.</summary>
    public long Cells => Factors.Aggregate(1L, (cells, factor) => Math.Min(cells * factor.Levels.Count, int.MaxValue));

    public static StudyFactors Read(StudyReader reader, SpecNode? node)
    {
        var (factors, settings) = (new List<StudyFactor>(), new List<IReadOnlyList<SettingList>>());
        foreach (var (name, mark, value) in reader.Entries(node, "factors", "factors such as 'dropout:', each with named levels"))
        {
            var path = SpecPath.Child("factors", name);
            reader.IsName(name, path, mark);
            var levels = reader.Entries(value, path, "two or more named levels, each with its settings");
            foreach (var (level, levelMark, _) in levels) reader.IsName(level, SpecPath.Child(path, level), levelMark);
            if (levels.Count < 2)
                reader.Fail(path, mark, $"wants two or more named levels, such as 'none: {{}}' and 'half: {{ \"network.layers[2].rate\": 0.5 }}'; {levels.Count} given");
            var read = levels.Select(level => SettingList.Read(reader, level.Value, SpecPath.Child(path, level.Name))).ToList();
            if (levels.Count == 0) continue;
            factors.Add(new(name, [.. levels.Select(level => level.Name)]));
            settings.Add(read);
        }

        return new(factors, settings);
    }

    /// <summary>All combinations, the last factor changing fastest.</summary>
    /// <param name="most">No more than this many.</param>
    public IReadOnlyList<CellPlan> All(int most) => [.. Enumerable.Range(0, (int)Math.Min(Cells, most)).Select(Cell)];

    private CellPlan Cell(int index)
    {
        var number = FormattableString.Invariant($"cell-{index + 1}");
        var levels = new int[Factors.Count];
        for (var factor = Factors.Count - 1; factor >= 0; factor--)
            (index, levels[factor]) = Math.DivRem(index, Factors[factor].Levels.Count);
        var names = Factors.Select((factor, i) => (Factor: factor.Name, Level: factor.Levels[levels[i]])).ToList();
        var folder = string.Join('+', names.Select(name => $"{name.Factor}-{name.Level}"));
        return new(
            names.Count == 0 ? "base" : string.Join(", ", names.Select(name => $"{name.Factor}={name.Level}")),
            names.Count == 0 ? "base" : folder.Length <= LongestFolder ? folder : number,
            [.. names.Select(name => name.Level)],
            levels.Select((level, i) => Settings[i][level]).Aggregate(SettingList.None, (all, more) => all.With(more)));
    }
}

/// <summary>A cell before its spec is made.</summary>
internal sealed record CellPlan(string Name, string Folder, IReadOnlyList<string> Levels, SettingList Settings);

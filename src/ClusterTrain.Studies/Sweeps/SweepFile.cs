using System.Globalization;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>
/// Reads a study and works out every cell's spec, which meets the same checks as any other; all that is wrong is reported
/// at once:
/// <code>
/// name: dropout-effect
/// base: ../runs/mnist-dropout.yaml     # a file beside the study, or keys of a spec
/// set: { epochs: 5 }                   # changes for every run
/// seeds: [1, 2, 3]
/// factors:
///   dropout:
///     none: { "network.layers[2].rate": 0 }
///     half: { "network.layers[2].rate": 0.5 }
/// </code>
/// or, in the place of <c>factors</c>, <c>search: { trials, seed, metric, space }</c>.
/// </summary>
public static class SweepFile
{
    /// <summary>Most runs of one study.</summary>
    public const int MostRuns = 10_000;

    private static readonly string[] Keys = ["name", "base", "set", "seeds", "factors", "search"];
    private static readonly string[] SearchKeys = ["trials", "seed", "metric", "space"];
    private static readonly OptionAttribute SeedRange = new("") { Min = 0, Max = 9007199254740992 };
    private static readonly OptionAttribute TrialRange = new("") { Min = 1, Max = MostRuns, Unit = "trials" };

    public static StudyResult<Study> Load(StudySource source) => StudyLoader.Load(
        source, ["base"], StudyLoader.AsWritten, (root, problems) => Bind(root, source.Name, new StudyReader(problems)));

    private static Study Bind(SpecNode? root, string sourceName, StudyReader reader)
    {
        var mark = root?.Mark ?? new SpecMark(sourceName, null, null);
        var section = reader.Section(root, Keys, "");
        var name = reader.Value(section, "name", "", new OptionAttribute(""), "study");
        if (section.TryGetValue("name", out var named)) reader.IsName(name, "name", named.Mark);
        var seeds = Seeds(reader, section, mark);
        var basis = Base(reader, section);
        var common = SettingList.Read(reader, section.GetValueOrDefault("set"), "set");
        if (section.ContainsKey("factors") && section.TryGetValue("search", out var both))
            reader.Fail("search", both.Mark, "a study has factors or a search; both are given");
        var factors = StudyFactors.Read(reader, section.GetValueOrDefault("factors"));
        var (search, space) = Search(reader, section);

        var usable = reader.Problems.Count == 0;
        if (usable && factors.Cells * Math.Max(1, search?.Trials ?? 1) * seeds.Count > MostRuns)
        {
            reader.Fail("", mark, $"{factors.Cells * Math.Max(1, search?.Trials ?? 1) * seeds.Count} runs are too many; at most {MostRuns}");
            usable = false;
        }

        // Wrong settings are reported even when the frame is wrong, for the cells that can be made out.
        var plans = usable && search is not null
            ? Trials(space!.Draw(search.Trials, search.Seed))
            : factors.All(most: usable ? MostRuns : 100);
        var cells = StudyCells.Of(basis, common, plans, reader.Problems);
        if (search is { Metric: SearchMetric.RobustAccuracy } && cells.Any(cell => cell.Spec.Evaluation.ValidationAttack is NoAttack))
            reader.Fail("search.metric", section["search"].Mark, "robustAccuracy is measured by evaluation.validationAttack, whose method is none; set it, or choose accuracy");
        return new Study(name, seeds, factors.Factors, search, cells);
    }

    private static IReadOnlyList<CellPlan> Trials(IReadOnlyList<SettingList> drawn) =>
    [
        .. drawn.Select((settings, index) =>
        {
            var name = "trial-" + (index + 1).ToString("D" + drawn.Count.ToString(CultureInfo.InvariantCulture).Length, CultureInfo.InvariantCulture);
            return new CellPlan(name, name, [], settings);
        }),
    ];

    private static List<long> Seeds(StudyReader reader, Dictionary<string, SpecNode> section, SpecMark mark)
    {
        if (!section.TryGetValue("seeds", out var node))
        {
            reader.Fail("seeds", mark, "is missing: a list such as [1, 2, 3], one run of each cell for each");
            return [];
        }

        if (node is not SpecNode.List { Items.Count: > 0 } list)
        {
            reader.Fail("seeds", node.Mark, $"wants a list such as [1, 2, 3]; {(node is SpecNode.List ? "an empty one" : node.Description)} is given");
            return [];
        }

        var seeds = new List<long>();
        foreach (var (index, item) in list.Items.Index())
        {
            var seed = reader.Value(item, SpecPath.Item("seeds", index), SeedRange, -1L);
            if (seeds.Contains(seed)) reader.Fail(SpecPath.Item("seeds", index), item.Mark, $"seed {seed} is given twice: it would give the same run again");
            else if (seed >= 0) seeds.Add(seed);
        }

        return seeds;
    }

    private static SpecNode? Base(StudyReader reader, Dictionary<string, SpecNode> section)
    {
        if (section.GetValueOrDefault("base") is not { IsEmpty: false } node || node is SpecNode.Map)
            return section.GetValueOrDefault("base") as SpecNode.Map;
        reader.Fail("base", node.Mark, $"wants the file of a run spec, or its keys; {node.Description} is given");
        return null;
    }

    private static (StudySearch? Search, SearchSpace? Space) Search(StudyReader reader, Dictionary<string, SpecNode> section)
    {
        if (!section.TryGetValue("search", out var node))
            return (null, null);
        var keys = reader.Section(node, SearchKeys, "search");
        if (!keys.ContainsKey("trials")) reader.Fail("search.trials", node.Mark, $"is missing; allowed: {SpecScalar.Range(TrialRange)}");
        return (
            new StudySearch(
                reader.Value(keys, "trials", "search", TrialRange, 1),
                reader.Value(keys, "seed", "search", SeedRange, 1L),
                reader.Value(keys, "metric", "search", new OptionAttribute(""), SearchMetric.Accuracy)),
            SearchSpace.Read(reader, keys.GetValueOrDefault("space"), node.Mark, "search.space"));
    }
}

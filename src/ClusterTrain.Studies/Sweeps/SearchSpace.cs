using System.Globalization;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>
/// What a random search may set each key to. A draw is a pure function of the search's seed and the trial's number, and
/// every trial draws for the keys in the order of the file.
/// </summary>
internal sealed class SearchSpace
{
    private const string Example = "{ min: 0, max: 15 } or { choices: [0, 0.5] }";
    private const int MostRedraws = 200;
    private static readonly string[] Keys = ["min", "max", "scale", "whole", "choices"];
    private static readonly OptionAttribute Bound = new("");
    private readonly List<Axis> _axes = [];

    private enum Scale
    {
        Linear,
        Log,
    }

    public static SearchSpace Read(StudyReader reader, SpecNode? node, SpecMark mark, string path)
    {
        var space = new SearchSpace();
        var entries = reader.Entries(node, path, $"keys of a spec, each with {Example}");
        if (entries.Count == 0 && node is null or { IsEmpty: true })
            reader.Fail(path, mark, $"is missing: keys of a spec, each with {Example}");
        foreach (var (key, keyMark, value) in entries)
        {
            if (space.AxisOf(reader, key, keyMark, value, SpecPath.Child(path, key)) is { } axis)
                space._axes.Add(axis);
        }

        return space;
    }

    /// <summary>Settings of each trial, all different; fewer than asked for when the space holds no more.</summary>
    public IReadOnlyList<SettingList> Draw(int trials, long seed)
    {
        var drawn = new Dictionary<string, SettingList>(StringComparer.Ordinal);
        for (var draw = 0L; drawn.Count < trials && draw < trials + (long)MostRedraws; draw++)
        {
            var random = new DataRandom((ulong)seed, (ulong)draw);
            var settings = new SettingList([.. _axes.Select(axis => (axis.Path, axis.Mark, axis.Draw(ref random)))]);
            drawn.TryAdd(string.Join('\n', settings.AsText()), settings);
        }

        return [.. drawn.Values];
    }

    private Axis? AxisOf(StudyReader reader, string key, SpecMark mark, SpecNode node, string path)
    {
        if (node is not SpecNode.Map)
        {
            reader.Fail(path, node.Mark, $"wants {Example}; {node.Description} is given");
            return null;
        }

        var before = reader.Problems.Count;
        var section = reader.Section(node, Keys, path);
        if (section.TryGetValue("choices", out var choices))
        {
            if (section.Count > 1) reader.Fail(path, node.Mark, "has choices and a range; allowed: one of them");
            if (choices is SpecNode.List { Items.Count: > 0 } list)
                return reader.Problems.Count == before ? new Axis.Choices(key, mark, list.Items) : null;
            reader.Fail(SpecPath.Child(path, "choices"), choices.Mark, $"wants a list such as [0, 0.1, 0.2]; {choices.Description} is given");
            return null;
        }

        foreach (var missing in new[] { "min", "max" }.Where(bound => !section.ContainsKey(bound)))
            reader.Fail(SpecPath.Child(path, missing), node.Mark, $"is missing; allowed: {Example}");
        var (min, max) = (reader.Value(section, "min", path, Bound, 0.0), reader.Value(section, "max", path, Bound, 0.0));
        var scale = reader.Value(section, "scale", path, Bound, Scale.Linear);
        var isWhole = reader.Value(section, "whole", path, Bound, false);
        if (reader.Problems.Count != before) return null;
        if (min > max)
            reader.Fail(path, node.Mark, $"min is above max: {SpecScalar.Write(min)} and {SpecScalar.Write(max)}");
        else if (scale == Scale.Log && min <= 0)
            reader.Fail(SpecPath.Child(path, "min"), section["min"].Mark, $"{SpecScalar.Write(min)} has no logarithm; allowed with scale: log: above 0");
        return reader.Problems.Count == before ? new Axis.Range(key, mark, min, max, scale == Scale.Log, isWhole) : null;
    }

    private abstract record Axis(string Path, SpecMark Mark)
    {
        public abstract SpecNode Draw(ref DataRandom random);

        public sealed record Choices(string Path, SpecMark Mark, IReadOnlyList<SpecNode> Items) : Axis(Path, Mark)
        {
            public override SpecNode Draw(ref DataRandom random) => Items[random.Below(Items.Count)];
        }

        public sealed record Range(string Path, SpecMark Mark, double Min, double Max, bool IsLog, bool IsWhole) : Axis(Path, Mark)
        {
            public override SpecNode Draw(ref DataRandom random)
            {
                var share = random.Uniform();
                var value = IsLog
                    ? Min * FixedMath.Exp((float)(share * FixedMath.Log(Max / Min)))
                    : Min + (share * (Max - Min));
                return new SpecNode.Scalar(SpecScalar.Write(Math.Clamp(Rounded(value), Min, Max)), quoted: false, Mark);
            }

            // Four digits: people read and copy these, and finer ones decide nothing.
            private double Rounded(double value) => IsWhole
                ? Math.Round(value, MidpointRounding.AwayFromZero)
                : double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }
    }
}

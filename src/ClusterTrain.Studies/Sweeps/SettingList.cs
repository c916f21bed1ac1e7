using ClusterTrain.Studies.Loading;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>Keys of a spec and what to set them to, as a study's file has them: <c>{ "network.layers[2].rate": 0.5 }</c>.</summary>
internal sealed record SettingList(IReadOnlyList<(string Path, SpecMark Mark, SpecNode Value)> Settings)
{
    public static readonly SettingList None = new([]);

    // The study itself says these for each run.
    private static readonly string[] Reserved = ["seed", "name"];

    public static SettingList Read(StudyReader reader, SpecNode? node, string path)
    {
        var entries = reader.Entries(node, path, "settings such as 'optimizer.learningRate: 0.05'");
        foreach (var (name, mark, _) in entries.Where(entry => Reserved.Contains(entry.Name, StringComparer.Ordinal)))
            reader.Fail(SpecPath.Child(path, name), mark, $"is the study's own: give {(name == "seed" ? "seeds: [1, 2, 3]" : "name:")} at the top of the study");
        return new([.. entries.Where(entry => !Reserved.Contains(entry.Name, StringComparer.Ordinal))]);
    }

    public SettingList With(SettingList more) => new([.. Settings, .. more.Settings]);

    /// <summary>The tree with all of it written in, in order; the last one wins.</summary>
    public SpecNode? ApplyTo(SpecNode? root, List<SpecProblem> problems) => Settings.Aggregate(
        root, (tree, setting) => SpecOverride.Apply(tree, setting.Path, setting.Value, setting.Mark, problems));

    public IReadOnlyList<StudySetting> AsText() =>
        [.. Settings.Select(setting => new StudySetting(setting.Path, Text(setting.Value)))];

    /// <summary>A value on one line.</summary>
    public static string Text(SpecNode node) => node switch
    {
        SpecNode.Scalar scalar => scalar.Text,
        SpecNode.List list => $"[{string.Join(", ", list.Items.Select(Text))}]",
        SpecNode.Map map => $"{{ {string.Join(", ", map.Entries.Select(entry => $"{Text(entry.Key)}: {Text(entry.Value)}"))} }}",
        _ => "",
    };
}

using System.Text;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs.Rules;

namespace ClusterTrain.Training.Specs.Loading;

/// <summary>The reference page of a spec's keys, made from the attributes that also drive reading and checking.</summary>
public static class SpecDocs
{
    private const string Introduction = """
        # The run spec

        A run spec is a YAML file with everything that decides a run's result. Every key has a default, so a file holds
        only what differs; an empty file is the default run. `clustertrain check SPEC` prints a spec with every default
        filled in, or reports every problem of it at once: what `train` would refuse, as far as files are here to tell.

        Below the spec, `check` prints as comments what its network has and costs: each layer's output for one row, parameters
        and multiply-adds (of products; other arithmetic is not counted), and the memory that a worker and the server come to
        take, within a tenth. For that the data set has to be found (`--data`, `CLUSTERTRAIN_DATA`, `./data`) or known by
        name. A run that takes more memory in each worker than the machine has is refused.

        - Any key can be changed on the command line: `--set epochs=3`, `--set network.layers[1].rate=0.3` (or
          `network.layers.1.rate=0.3`), `--set 'adversarial.attack={ method: pgd, epsilon: 0.2 }'`. Values are YAML.
        - Keys are case-sensitive, names of values are not. Numbers are plain YAML numbers (`0.1`, `1e-3`), without
          quotes, `_` or `,`. A number that need not be whole may be a fraction, `8/255`, here, after `--set`, in attacks on one
          line and in files of studies: it is the nearest double to the quotient, is written back as the shortest decimal that
          reads as the same double, and a spec's hash is the same for both.
        - `method` of an attack, `optimizer.type`, `schedule.type` and `adversarial.objective` name a technique, whose own keys
          stand beside it. Keys of another technique of that kind are ignored with a warning.
        - A value outside its range is an error; one outside its usual range, where there is one, is a warning.
        - The spec's hash covers every key except `name` and `checkpoints`, which decide no number of the run, and
          `initialization.from`, where `initialization.sha256` says what the file holds.

        """;

    private const string Attacks = """

        ## Attacks on one line

        Where an attack is named on the command line or in `summary.json`, it stands on one line: `none`, or method, norm and
        options, such as `fgsm linf eps=0.1` or `pgd linf eps=0.1 step=0.01 steps=50`.

        {{METHODS}}
        Gradient attacks start at a random point of the ball unless `start=none` is given. For `evaluate` alone, `worst`
        and `autoattack` name standard sequences of attacks: `worst` or `autoattack linf eps=8/255` (see [robustness.md](robustness.md)).

        """;

    /// <summary>The whole page, <c>docs/spec.md</c>.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder(Introduction);
        var root = SpecSchema.Walk(new RunSpec()).ToList();
        var top = root.Where(key => !key.Path.Contains('.', StringComparison.Ordinal)).ToLookup(key => key.Field.IsSection);
        WriteTable(page, "The run", "", top[false]);
        foreach (var (path, field, _) in top[true])
        {
            var below = root.Where(key => key.Path.StartsWith(path + ".", StringComparison.Ordinal));
            WriteTable(page, $"`{path}`", field.Key.Meaning, below);
        }

        WriteLayers(page);
        WriteTechniques(page);
        page.Append(Attacks.Replace("{{METHODS}}", Methods(), StringComparison.Ordinal));
        WriteRules(page);
        return page.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>The path of the key that is called so, or has that path; the shortest of several, null where there is none.</summary>
    public static string? PathOf(string name) => SpecSchema.Walk(new RunSpec()).Select(key => key.Path)
        .Where(path => path == name || path.EndsWith("." + name, StringComparison.Ordinal)).MinBy(path => path.Length);

    /// <summary>A table of keys, under a heading.</summary>
    internal static void WriteTable(
        StringBuilder page, string title, string meaning, IEnumerable<(string Path, SpecField Field, object Default)> keys)
    {
        page.Append("\n## ").Append(title).Append("\n\n");
        if (meaning.Length > 0)
            page.Append(meaning).Append(".\n\n");
        page.Append("| key | default | allowed | unit | meaning | ignored when |\n|---|---|---|---|---|---|\n");
        foreach (var (path, field, value) in keys)
            WriteRow(page, $"`{path}`", field, Default(field, value));
    }

    private static void WriteRow(StringBuilder page, string name, SpecField field, string initial)
    {
        // The unit has a column of its own.
        var unit = field.Key.Unit;
        var allowed = unit.Length == 0 ? SpecWriter.Allowed(field) : SpecWriter.Allowed(field).Replace(" " + unit, "", StringComparison.Ordinal);
        string[] cells = [name, initial + field.OtherDefaults, allowed, unit, field.Key.Meaning, field.IgnoredWhen];
        page.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", @"\|", StringComparison.Ordinal))).Append(" |\n");
    }

    private static string Default(SpecField field, object value) =>
        field.IsSection ? ""
        : value is IReadOnlyList<LayerDefinition> layers
            ? string.Join(", ", layers.Select(Short))
            : $"`{SpecWriter.WriteScalarOrList(field, value)}`";

    private static string Short(LayerDefinition layer) =>
        LayerSchema.NameOf(layer) + (layer.Scores is { } units ? $" {units}" : "");

    private static void WriteLayers(StringBuilder page)
    {
        page.Append("\n## Layers\n\nEach entry of `network.layers` is one line, `{ type: dense, units: 256 }`.\n\n");
        foreach (var type in LayerCatalogue.All.BuiltIn)
            page.Append("- `").Append(type.Name).Append("`: ").Append(type.Meaning).Append(".\n");
        page.Append("\n| key | default | allowed | unit | meaning | ignored when |\n|---|---|---|---|---|---|\n");
        foreach (var type in LayerCatalogue.All.BuiltIn)
        {
            var layer = type.Create();
            foreach (var field in LayerSchema.FieldsOf(type))
            {
                var initial = field.Key.IsRequired ? "required" : Default(field, field.Property.GetValue(layer)!);
                WriteRow(page, $"`{type.Name}` `{field.Name}`", field, initial);
            }
        }
    }

    private static void WriteTechniques(StringBuilder page)
    {
        page.Append("\n## Techniques\n\nWhat the names of a technique mean.\n");
        foreach (var choice in SpecChoice.All)
        {
            page.Append("\n| ").Append(choice.Kind).Append(" | meaning |\n|---|---|\n");
            foreach (var entry in choice.Entries)
                page.Append("| `").Append(entry.Name).Append("` | ").Append(entry.Meaning.Replace("|", @"\|", StringComparison.Ordinal)).Append(" |\n");
        }
    }

    private static string Methods()
    {
        var table = new StringBuilder("| method | options beside `eps` |\n|---|---|");
        foreach (var attack in Attack.Catalogue.All.OfType<BallAttack>())
        {
            var options = AttackText.OptionsOf(attack).Where(option => option != "eps").Select(option => $"`{option}`");
            table.Append("\n| `").Append(AttackText.NameOf(attack)).Append("` | ").AppendJoin(", ", options).Append(" |");
        }

        return table.Append('\n').ToString();
    }

    private static void WriteRules(StringBuilder page)
    {
        page.Append("\n## Checks across keys\n\n");
        var ofTechniques = SpecChoice.All.SelectMany(choice => choice.Entries).SelectMany(entry => entry.Checks());
        foreach (var meaning in SpecRules.All.Select(rule => rule.Meaning).Concat(ofTechniques.Select(check => check.Meaning))
            .Distinct(StringComparer.Ordinal))
            page.Append("- ").Append(meaning).Append(".\n");
    }
}

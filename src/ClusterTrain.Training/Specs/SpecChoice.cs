using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Averaging;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Schedules;

namespace ClusterTrain.Training.Specs;

/// <summary>
/// A value that is a technique of a catalogue: written as its name, with its own options beside it. Which options there are
/// follows from the name.
/// </summary>
/// <param name="kind">What a technique of the catalogue is.</param>
/// <param name="key">
/// Key of the name in a section that the technique has for itself; null where name and options stand in the section of the
/// property, whose key is the name's.
/// </param>
/// <param name="entries">The catalogue, as it is now.</param>
internal sealed class SpecChoice(string kind, string? key, Func<IReadOnlyList<Technique>> entries)
{
    private static readonly Dictionary<Type, SpecChoice> ByType = new()
    {
        [typeof(Attack)] = new(Attack.Catalogue.Kind, "method", () => Attack.Catalogue.All),
        [typeof(OptimizerRule)] = new(OptimizerRule.Catalogue.Kind, null, () => OptimizerRule.Catalogue.All),
        [typeof(LearningRateSchedule)] = new(LearningRateSchedule.Catalogue.Kind, null, () => LearningRateSchedule.Catalogue.All),
        [typeof(WeightAverage)] = new(WeightAverage.Catalogue.Kind, null, () => WeightAverage.Catalogue.All),
        [typeof(Objective)] = new(Objective.Catalogue.Kind, null, () => Objective.Catalogue.All),
    };

    public static IEnumerable<SpecChoice> All => ByType.Values;

    public string Kind => kind;

    public string? Key => key;

    public IReadOnlyList<Technique> Entries => entries();

    /// <summary>Options of all entries, each name once.</summary>
    public IEnumerable<SpecField> Options =>
        Entries.SelectMany(entry => SpecSchema.FieldsOf(entry.GetType())).DistinctBy(option => option.Name);

    public static SpecChoice? Of(Type type) => ByType.GetValueOrDefault(type);

    /// <summary>The entry of a name in any case, with its defaults.</summary>
    public Technique? Find(string name) =>
        Entries.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is wrong with a name that is none.</summary>
    public string Wanted(SpecNode given)
    {
        List<string> names = [.. Entries.Select(entry => entry.Name)];
        var near = given is SpecNode.Scalar scalar ? NearestName.Find(scalar.Text, names) : null;
        return $"wants one of {string.Join(", ", names)}; {given.Description} is given" + (near is null ? "" : $"; did you mean '{near}'?");
    }

    /// <summary>The key that holds the name.</summary>
    public SpecField NameField(SpecField field) =>
        new(key ?? field.Name, field.Property, key is null ? field.Key : new OptionAttribute("What is done; each has keys of its own"), NamesChoice: true);

    /// <summary>The name where it has a section of its own, and every option, with the entries that have it.</summary>
    /// <param name="field">The property.</param>
    /// <param name="technique">Its default.</param>
    /// <param name="path">Path of the section that the property stands in.</param>
    public IEnumerable<(string Path, SpecField Field, object Default)> Walk(SpecField field, Technique technique, string path)
    {
        if (key is not null)
        {
            path = SpecPath.Child(path, field.Name);
            yield return (SpecPath.Child(path, key), NameField(field), technique);
        }

        foreach (var option in Options)
        {
            var having = Entries.Where(entry => Has(entry, option)).ToList();
            var lacking = Entries.Except(having).ToList();
            var value = ValueOf(having.Find(entry => entry.GetType() == technique.GetType()) ?? having[0], option.Name);
            var others = having.Where(entry => !ValueOf(entry, option.Name).Equals(value)).GroupBy(entry => ValueOf(entry, option.Name));
            yield return (SpecPath.Child(path, option.Name), option with
            {
                IgnoredWhen = lacking.Count == 0 ? ""
                    : $"{key ?? field.Name} is " + (having.Count <= lacking.Count ? "not " + Names(having) : Names(lacking)),
                OtherDefaults = string.Concat(others.Select(group => $", `{SpecScalar.Write(group.Key)}` of {Names([.. group])}")),
            }, value);
        }
    }

    private static bool Has(Technique entry, SpecField option) =>
        SpecSchema.FieldsOf(entry.GetType()).Any(field => field.Name == option.Name);

    private static object ValueOf(Technique entry, string option) =>
        SpecSchema.FieldsOf(entry.GetType()).First(field => field.Name == option).Property.GetValue(entry)!;

    private static string Names(List<Technique> entries) => entries.Count == 1
        ? entries[0].Name
        : string.Join(", ", entries.SkipLast(1).Select(entry => entry.Name)) + " or " + entries[^1].Name;
}

using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Studies.Variance.Estimation;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Rules;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>A check across the keys of a study.</summary>
/// <param name="Meaning">One sentence for the reference page, without its full stop.</param>
/// <param name="Check">Problems of a study; pure.</param>
internal sealed record StudyRule(string Meaning, Func<StudySpec, IEnumerable<SpecProblem>> Check);

/// <summary>What the parts of a study need of each other.</summary>
internal static class StudyRules
{
    private const string Dropout = "dropout";
    private const string Plain = "plain";
    private const int FewestMembers = 2 * ArmSample.FewestMembers;

    public static readonly IReadOnlyList<StudyRule> All =
    [
        new("`name` is made as a run's name is", study => One(NameRules.Check("name", study.Name))),
        new("`arms` are named once each, and a is among them: the others are compared with it", Arms),
        new($"`members` is even, for two pools of equal size, and at least {FewestMembers}: an interval over models wants {ArmSample.FewestMembers} in each pool", Members),
        new("`ensembleSizes` are at least two different sizes, none above `members`", Sizes),
        new("with several `sets`, `data.train` of the recipes says how many rows one has", Sets),
        new("both recipes use the same data set, with the same rows, and no `data.offset` or `data.bootstrap` of their own", Data),
        new("the dropout recipe has a dropout layer, the plain one has none; with arm e they are the same network otherwise", Networks),
        new("both recipes name the same `math`, and not auto, which may choose differently from member to member", Math),
        new("each recipe is a valid run spec", study => [.. Recipe(study.Dropout, Dropout), .. Recipe(study.Plain, Plain)]),
    ];

    public static IReadOnlyList<SpecProblem> Check(StudySpec study) => [.. All.SelectMany(rule => rule.Check(study))];

    private static IEnumerable<SpecProblem> Arms(StudySpec study)
    {
        if (study.Arms.Count != study.Arms.Distinct().Count())
            yield return SpecProblem.Error("arms", "an arm is named twice");
        if (!study.Arms.Contains(ArmChoice.A))
            yield return SpecProblem.Error("arms", "a is missing: the other arms are compared with it");
    }

    private static IEnumerable<SpecProblem> Members(StudySpec study)
    {
        if (study.Members % 2 != 0)
            yield return SpecProblem.Error("members", $"{study.Members} members do not make two pools of equal size; an even number is wanted");
        else if (study.Members < FewestMembers)
        {
            yield return SpecProblem.Error(
                "members",
                $"{study.Members} members make pools of {study.Members / 2}; an interval over models wants {ArmSample.FewestMembers} in each: {FewestMembers} or more");
        }
    }

    private static IEnumerable<SpecProblem> Sizes(StudySpec study)
    {
        if (study.EnsembleSizes.Distinct().Count() < 2)
            yield return SpecProblem.Error("ensembleSizes", "at least two different sizes are wanted, such as [1, 2, 4]");
        if (study.EnsembleSizes.FirstOrDefault(size => size > study.Members) is > 0 and var size)
            yield return SpecProblem.Error("ensembleSizes", $"an ensemble of {size} cannot be formed out of {study.Members} members");
    }

    private static IEnumerable<SpecProblem> Sets(StudySpec study) => study.Sets > 1 && study.Dropout.Data.Train == 0
        ? One(SpecProblem.Error("dropout.data.train", $"0 takes all rows; {study.Sets} disjoint sets want a number of rows each"))
        : [];

    private static IEnumerable<SpecProblem> Data(StudySpec study)
    {
        if (study.Dropout.Data != study.Plain.Data)
            yield return SpecProblem.Error("plain.data", "differs from dropout.data: all arms train and test on the same rows");
        foreach (var (recipe, name) in new[] { (study.Dropout, Dropout), (study.Plain, Plain) })
        {
            if (recipe.Data.Offset != 0) yield return SpecProblem.Error($"{name}.data.offset", "is set by the study, which makes the training sets");
            if (recipe.Data.Bootstrap != 0) yield return SpecProblem.Error($"{name}.data.bootstrap", "is set by the study, in arm b");
        }
    }

    private static IEnumerable<SpecProblem> Math(StudySpec study)
    {
        if (study.Dropout.Math != study.Plain.Math)
            yield return SpecProblem.Error("plain.math", "differs from dropout.math");
        if (study.Dropout.Math == MathChoice.Auto)
            yield return SpecProblem.Error("dropout.math", "auto may choose differently from member to member; managed or mkl is wanted");
    }

    private static IEnumerable<SpecProblem> Networks(StudySpec study)
    {
        var wantsDropout = ArmDefinition.Of(study.Arms).Any(arm => arm.IsDropout) || study.Arms.Contains(ArmChoice.E);
        if (wantsDropout && !Drops(study.Dropout))
            yield return SpecProblem.Error("dropout.network.layers", "no layer drops anything; the arms c to g want { type: dropout, rate: 0.5 } or the like");
        if (Drops(study.Plain) || LayerSchema.Walk(study.Plain.Network.Layers).Any(item => item.Layer is DropConnectLayer { Rate: > 0 }))
            yield return SpecProblem.Error("plain.network.layers", "a layer drops units; the plain recipe trains without dropout");
        if (study.Arms.Contains(ArmChoice.E) && StudySpec.WithoutDropout(study.Dropout).Network != StudySpec.WithoutDropout(study.Plain).Network)
            yield return SpecProblem.Error("plain.network.layers", "differ from the dropout recipe's by more than dropout; arm e puts the masks of one on the other");
    }

    private static bool Drops(RunSpec recipe) => LayerSchema.Walk(recipe.Network.Layers).Any(item => item.Layer.DropsUnits);

    private static IEnumerable<SpecProblem> Recipe(RunSpec recipe, string name) =>
        SpecRules.Check(recipe, []).Select(problem => problem with { Path = SpecPath.Child(name, problem.Path) });

    private static IEnumerable<SpecProblem> One(SpecProblem? problem) => problem is null ? [] : [problem];
}

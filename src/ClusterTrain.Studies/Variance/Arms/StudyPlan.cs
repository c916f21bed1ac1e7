using System.Globalization;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>A study worked out: its arms, and every training with a seed, rows and masks of its own.</summary>
public sealed class StudyPlan
{
    private const long SeedsOfArm = 1_000_000;
    private const long SeedsOfSet = 1_000;

    public StudyPlan(StudySpec spec)
    {
        Spec = spec;
        Arms = ArmDefinition.Of(spec.Arms);
        Members = [.. Arms.SelectMany(arm => Enumerable.Range(0, spec.Sets).SelectMany(set =>
            Enumerable.Range(0, arm.Kind == ArmKind.Masks ? 1 : spec.Members).Select(number => Member(arm, set, number))))];
    }

    public StudySpec Spec { get; }

    public IReadOnlyList<ArmDefinition> Arms { get; }

    /// <summary>All trainings, arm by arm.</summary>
    public IReadOnlyList<StudyMember> Members { get; }

    /// <summary>Sizes of ensembles, ascending, each once.</summary>
    public IReadOnlyList<int> Sizes => [.. Spec.EnsembleSizes.Distinct().Order()];

    public IEnumerable<StudyMember> Of(ArmDefinition arm, int set) => Members.Where(member => member.Arm == arm && member.Set == set);

    /// <summary>The network of an arm as it is used with masks: with the sites and rates of the dropout recipe.</summary>
    public RunSpec Masked(ArmDefinition arm) => arm.Choice == ArmChoice.E ? Spec.Plain with { Network = Spec.Dropout.Network } : Spec.Dropout;

    private StudyMember Member(ArmDefinition arm, int set, int number)
    {
        var recipe = arm.IsDropout ? Spec.Dropout : Spec.Plain;
        var spec = recipe with
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{arm.Id}-{set + 1}-{number + 1}"),
            Seed = Spec.Seed + (SeedsOfArm * arm.Number) + (SeedsOfSet * set) + number,
            Data = recipe.Data with
            {
                Offset = set * recipe.Data.Train,
                Bootstrap = arm.Choice == ArmChoice.B ? (int)((SeedsOfSet * set) + number + 1) : 0,
                Test = Spec.Rows > 0 ? Spec.Rows : recipe.Data.Test,
            },
            // Nobody looks at the curves of hundreds of members; the best state, where it is wanted, does need them.
            Evaluation = recipe.EarlyStopping.Metric == StoppingMetric.None ? recipe.Evaluation with { EveryEpochs = recipe.Epochs } : recipe.Evaluation,
            Checkpoints = recipe.Checkpoints with { Keep = 1 },
        };
        return new StudyMember(arm, set, number, arm.Id switch
        {
            "f" => WithMasks(spec, MaskChoice.Pool, 1),
            "g-shard" => WithMasks(spec, MaskChoice.Shard, spec.Regularization.MaskPool),
            "g-example" => WithMasks(spec, MaskChoice.Example, spec.Regularization.MaskPool),
            "g-pool" => WithMasks(spec, MaskChoice.Pool, Spec.MaskPool),
            _ => spec,
        });
    }

    private static RunSpec WithMasks(RunSpec spec, MaskChoice masks, int pool) =>
        spec with { Regularization = spec.Regularization with { DropoutMasks = masks, MaskPool = pool } };
}

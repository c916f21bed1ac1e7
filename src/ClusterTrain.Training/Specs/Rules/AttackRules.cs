using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>What attacks ask of the rest of a spec, and of the data.</summary>
internal static class AttackRules
{
    private const double GreyFromEverywhere = 0.5;

    private static readonly (string Path, Func<RunSpec, Attack> Get)[] Places =
    [
        ("adversarial.attack", spec => spec.Adversarial.Attack),
        ("evaluation.validationAttack", spec => spec.Evaluation.ValidationAttack),
        ("evaluation.testAttack", spec => spec.Evaluation.TestAttack),
    ];

    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "`adversarial.attack.method` is one whose last iterate is an answer, such as none, fgsm or pgd: the others are for evaluation",
            ["adversarial.attack.method"], HasLastIterate),
        SpecRule.Of(
            "`adversarial.fraction` that attacks no row of a shard (warning)",
            ["adversarial.fraction", "adversarial.attack.method", "batch.size", "batch.shards"],
            SomeRowsAreAttacked),
        SpecRule.Of(
            "`adversarial.collapse` other than warn where nothing is watched (warning): it takes a training attack of one step and a validation attack of more",
            ["adversarial.collapse", "adversarial.attack.steps", "evaluation.validationAttack.method"],
            spec => spec.Adversarial.Collapse == CollapseChoice.Warn || spec.WatchesOneStep ? null : SpecProblem.Warning(
                "adversarial.collapse",
                $"{SpecScalar.Write(spec.Adversarial.Collapse)} has no effect: a collapse is seen where adversarial.attack has one step and evaluation.validationAttack has more")),
    ];

    /// <summary>What an attack asks of the number of classes that these do not give.</summary>
    public static SpecProblem? AgainstClasses(Attack attack, string path, int classes) =>
        attack is BallAttack ball && classes < ball.LeastClasses
            ? SpecProblem.Error(
                path,
                $"{AttackText.NameOf(attack)} compares the scores of {ball.LeastClasses} classes; there are {classes}: "
                + "choose apgd-ce or pgd")
            : null;

    internal static IEnumerable<SpecProblem> AgainstClasses(RunSpec spec, int classes) => Places
        .Select(place => AgainstClasses(place.Get(spec), SpecPath.Child(place.Path, "method"), classes)).OfType<SpecProblem>();

    /// <summary>Balls under linf so wide that the same grey picture is in every row's, pixels being in [0, 1].</summary>
    internal static IEnumerable<SpecProblem> AgainstPictures(RunSpec spec) => Places
        .Where(place => place.Get(spec) is BallAttack { Norm: AttackNorm.Linf, Epsilon: >= GreyFromEverywhere })
        .Select(place => SpecProblem.Warning(
            SpecPath.Child(place.Path, "epsilon"),
            $"from epsilon 0.5 on the same grey picture is in every row's ball under linf, and no network can be right; "
            + $"{SpecScalar.Write(((BallAttack)place.Get(spec)).Epsilon)} is given, usual are 8/255, 0.1 or 0.3"));

    private static SpecProblem? HasLastIterate(RunSpec spec)
    {
        if (spec.Adversarial.Attack is not BallAttack { CanTrain: false } attack) return null;
        var able = Attack.Catalogue.All.OfType<BallAttack>().Where(known => known.CanTrain).Select(known => known.Name);
        return SpecProblem.Error(
            "adversarial.attack.method", $"{attack.Name} is for evaluation; training attacks with {string.Join(" or ", able)}");
    }

    private static SpecProblem? SomeRowsAreAttacked(RunSpec spec)
    {
        var shardRows = spec.Batch.Size / spec.Batch.Shards;
        return spec.Adversarial.Attack is BallAttack && spec.Adversarial.AttackedRows(shardRows) == 0
            ? SpecProblem.Warning(
                "adversarial.fraction",
                $"{SpecScalar.Write(spec.Adversarial.Fraction)} of a shard's {shardRows} rows is no row: "
                + "nothing is attacked in training")
            : null;
    }
}

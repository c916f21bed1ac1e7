namespace ClusterTrain.Training.Specs.Rules;

/// <summary>What makes an attack able to attack; the same for training, validation, test and the command line.</summary>
internal static class AttackRules
{
    private static readonly (string Path, Func<RunSpec, AttackSpec> Get)[] Places =
    [
        ("adversarial.attack", spec => spec.Adversarial.Attack),
        ("evaluation.validationAttack", spec => spec.Evaluation.ValidationAttack),
        ("evaluation.testAttack", spec => spec.Evaluation.TestAttack),
    ];

    private const int FewSteps = 20;

    public static readonly IReadOnlyList<SpecRule> All =
    [
        .. Everywhere("`stepSize` of a pgd attack is above 0", ["method", "stepSize"], StepIsPositive),
        .. Everywhere("An attack with `epsilon` 0 (warning): it leaves every row as it is", ["method", "epsilon"], BallHasSize),
        .. Everywhere(
            "A pgd attack without random start whose `steps` times `stepSize` are less than `epsilon` (warning): it cannot "
            + "reach the ball's edge",
            ["method", "epsilon", "stepSize", "steps", "randomStart"],
            EdgeIsInReach),
        .. Everywhere(
            $"An Auto-PGD attack of fewer than {FewSteps} steps (warning): its steps have no time to shrink",
            ["method", "steps"], HasTimeToShrink),
        SpecRule.Of(
            "`adversarial.attack.method` is none, fgsm or pgd: the others are for evaluation",
            ["adversarial.attack.method"], TrainsWithPgd),
        SpecRule.Of(
            "`adversarial.fraction` that attacks no row of a shard (warning)",
            ["adversarial.fraction", "adversarial.attack.method", "batch.size", "batch.shards"],
            SomeRowsAreAttacked),
    ];

    /// <summary>Problems of one attack; paths are its keys below <paramref name="path"/>.</summary>
    public static IEnumerable<SpecProblem> Check(AttackSpec attack, string path) =>
        new[] { StepIsPositive(attack, path), BallHasSize(attack, path), EdgeIsInReach(attack, path), HasTimeToShrink(attack, path) }
            .OfType<SpecProblem>();

    /// <summary>What a method asks of the number of classes that these do not give.</summary>
    public static SpecProblem? AgainstClasses(AttackSpec attack, string path, int classes)
    {
        var least = LeastClasses(attack.Method);
        return classes >= least ? null : SpecProblem.Error(
            path,
            $"{AttackText.NameOf(attack.Method)} compares the scores of {least} classes; there are {classes}: choose apgd-ce or pgd");
    }

    private static int LeastClasses(AttackMethod method) => method switch
    {
        AttackMethod.ApgdDlr => 3,
        AttackMethod.ApgdTargeted => 4,
        AttackMethod.Square => 2,
        _ => 0,
    };

    internal static IEnumerable<SpecProblem> AgainstClasses(RunSpec spec, int classes) => Places
        .Select(place => AgainstClasses(place.Get(spec), SpecPath.Child(place.Path, "method"), classes)).OfType<SpecProblem>();

    // A rule for each place, so that an attack that is not readable silences its own checks alone.
    private static IEnumerable<SpecRule> Everywhere(string meaning, string[] keys, Func<AttackSpec, string, SpecProblem?> check) =>
        Places.Select(place => SpecRule.Of(
            meaning,
            [.. keys.Select(key => SpecPath.Child(place.Path, key))],
            spec => check(place.Get(spec), place.Path)));

    private static SpecProblem? StepIsPositive(AttackSpec attack, string path) =>
        attack is { Method: AttackMethod.Pgd, StepSize: <= 0 }
            ? SpecProblem.Error(SpecPath.Child(path, "stepSize"), "pgd wants a step above 0; 0 is given")
            : null;

    private static SpecProblem? HasTimeToShrink(AttackSpec attack, string path) =>
        attack is { Method: AttackMethod.ApgdCe or AttackMethod.ApgdDlr or AttackMethod.ApgdTargeted, Steps: < FewSteps }
            ? SpecProblem.Warning(
                SpecPath.Child(path, "steps"),
                $"{attack.Steps} steps are few for {AttackText.NameOf(attack.Method)}: it starts with steps of 2 epsilon and wants "
                + "about 100 to shrink them")
            : null;

    private static SpecProblem? TrainsWithPgd(RunSpec spec) =>
        spec.Adversarial.Attack.Method is AttackMethod.None or AttackMethod.Fgsm or AttackMethod.Pgd
            ? null
            : SpecProblem.Error(
                "adversarial.attack.method",
                $"{SpecSchema.NameOf(spec.Adversarial.Attack.Method)} is for evaluation; training attacks with fgsm or pgd");

    private static SpecProblem? BallHasSize(AttackSpec attack, string path) =>
        attack.Method != AttackMethod.None && attack.Epsilon <= 0
            ? SpecProblem.Warning(SpecPath.Child(path, "epsilon"), "an attack with epsilon 0 leaves every row as it is")
            : null;

    private static SpecProblem? EdgeIsInReach(AttackSpec attack, string path) =>
        attack is { Method: AttackMethod.Pgd, RandomStart: false }
        && attack.Steps * attack.StepSize < attack.Epsilon * (1 - 1e-9) // 10 steps of 0.01 do reach 0.1, whatever the rounding.
            ? SpecProblem.Warning(
                SpecPath.Child(path, "stepSize"),
                $"{attack.Steps} steps of {SpecScalar.Write(attack.StepSize)} from the row itself cannot reach the edge at "
                + $"epsilon {SpecScalar.Write(attack.Epsilon)}")
            : null;

    private static SpecProblem? SomeRowsAreAttacked(RunSpec spec)
    {
        var shardRows = spec.Batch.Size / spec.Batch.Shards;
        return spec.Adversarial.Attack.Method != AttackMethod.None && spec.Adversarial.AttackedRows(shardRows) == 0
            ? SpecProblem.Warning(
                "adversarial.fraction",
                $"{SpecScalar.Write(spec.Adversarial.Fraction)} of a shard's {shardRows} rows is no row: "
                + "nothing is attacked in training")
            : null;
    }
}

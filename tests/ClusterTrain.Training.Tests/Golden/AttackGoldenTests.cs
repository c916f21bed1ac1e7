using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Every iterate of every attack against another implementation.</summary>
public sealed partial class AttackGoldenTests
{
    private static readonly GoldenNetwork Golden = new(GoldenTensors.Open("attacks"));

    public static TheoryData<VectorWidth> Widths => GoldenNetwork.Widths;

    public static TheoryData<AttackNorm, VectorWidth> Attacks =>
        new MatrixTheoryData<AttackNorm, VectorWidth>(Enum.GetValues<AttackNorm>(), VectorWidths.Supported);

    [Theory]
    [MemberData(nameof(Widths))]
    public void InputGradient_GoldenAttacks_Agrees(VectorWidth width)
    {
        var gradient = new float[Golden.File.Float32("x").Length];
        Bind(width).InputGradient(Golden.File.Float32("x"), Golden.Labels, gradient);

        Agreement.ShouldAgree(gradient, Golden.File.Float32("grad.x"));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fgsm_GoldenAttacks_Agrees(VectorWidth width)
    {
        var epsilon = float.Parse(Golden.File.Metadata["fgsm_eps"], CultureInfo.InvariantCulture);
        var iterates = Run(width, new FgsmAttack { Epsilon = epsilon });

        Agreement.ShouldAgree(Assert.Single(iterates), Golden.File.Float32("fgsm"));
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Pgd_GoldenAttacks_AgreesAtEveryIterate(AttackNorm norm, VectorWidth width)
    {
        var name = norm == AttackNorm.Linf ? "linf" : "l2";
        var settings = Settings().Match(Golden.File.Metadata[name]);
        Assert.True(settings.Success, $"settings of {name} in the metadata");
        float Number(string group) => float.Parse(settings.Groups[group].Value, CultureInfo.InvariantCulture);
        var expected = Golden.File.Float32($"pgd_{name}");
        var iterates = Run(
            width,
            new PgdAttack
            {
                Norm = norm, Epsilon = Number("eps"), StepSize = Number("step"), Steps = (int)Number("steps"), RandomStart = false,
            });

        Assert.Equal(Golden.File.Shape($"pgd_{name}")[0], iterates.Count);
        for (var i = 0; i < iterates.Count; i++)
            Agreement.ShouldAgree(iterates[i], expected.Slice(i * iterates[i].Length, iterates[i].Length));
    }

    private static List<float[]> Run(VectorWidth width, BallAttack attack)
    {
        var iterates = new List<float[]>();
        var rows = Golden.File.Float32("x");
        var adversarial = new float[rows.Length];
        new AttackLoop().Run(
            Bind(width), new AttackPlan(attack), rows, Golden.Labels, default, adversarial, (_, iterate) => iterates.Add(iterate));
        Assert.Equal(iterates[^1], adversarial);
        return iterates;
    }

    private static Numerics.Replicas.Replica Bind(VectorWidth width) =>
        Golden.Bind(width, new ReplicaMask(Golden.Network).Fill());

    [GeneratedRegex(@"^eps (?<eps>[\d.]+) step (?<step>[\d.]+), (?<steps>\d+) steps, no random start$", RegexOptions.None, 1000)]
    private static partial Regex Settings();
}

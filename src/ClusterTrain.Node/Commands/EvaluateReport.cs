using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>Share of rows that stay right under one attack.</summary>
internal sealed record AttackFigure(string Attack, double RobustAccuracy, double LargestPerturbation);

/// <summary>What <c>evaluate</c> found; accuracies are shares of rows, 0 to 1.</summary>
/// <param name="Rows">Test rows measured.</param>
/// <param name="Clean">Accuracy without attack.</param>
/// <param name="Attacks">Accuracy under each attack.</param>
/// <param name="Sequences">Standard sequences, attack by attack.</param>
/// <param name="WorstCase">Share of rows right clean and under every attack.</param>
/// <param name="Checks">Whether these figures can be believed.</param>
internal sealed record EvaluateReport(
    int Rows, double Clean, IReadOnlyList<AttackFigure> Attacks, IReadOnlyList<SequenceFigure> Sequences, double WorstCase,
    IReadOnlyList<SanityCheck> Checks)
{
    /// <summary>Accuracy against severity, for each corruption that was asked for.</summary>
    public IReadOnlyList<CorruptionFigure> Corruptions { get; init; } = [];

    /// <summary>Mean L2 norm of the gradient of a row's loss by its inputs, at the clean row.</summary>
    public double InputGradientNorm { get; init; }

    /// <summary>Correlation of hidden units; null when it was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LayerCorrelation>? Coadaptation { get; init; }

    public static EvaluateReport Of(
        bool[] clean, IReadOnlyList<AttackOutcome> outcomes, IReadOnlyList<(string Name, IReadOnlyList<AttackOutcome> Stages)> sequences,
        IReadOnlyList<SanityCheck> checks)
    {
        List<AttackOutcome> last = [.. outcomes, .. sequences.Select(sequence => sequence.Stages[^1])];
        var standing = Enumerable.Range(0, clean.Length).Count(row => clean[row] && last.All(outcome => outcome.StillCorrect[row]));
        return new EvaluateReport(
            clean.Length, Share(clean.Count(right => right), clean.Length),
            [.. outcomes.Select(outcome => new AttackFigure(
                AttackText.Print(outcome.Attack), outcome.RobustAccuracy, outcome.LargestPerturbation))],
            [.. sequences.Select(SequenceFigure.Of)], Share(standing, clean.Length), checks);
    }

    public string ToJson() => JsonSerializer.Serialize(this, EvaluateJson.Default.EvaluateReport);

    private static double Share(int part, int whole) => (double)part / whole;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(EvaluateReport))]
internal sealed partial class EvaluateJson : JsonSerializerContext;

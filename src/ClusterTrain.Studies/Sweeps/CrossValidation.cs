using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>What one fold came to.</summary>
/// <param name="Fold">From 1.</param>
/// <param name="Folder">Its run, beside <c>folds.json</c>.</param>
public sealed record FoldResult(
    int Fold, string Folder, RunStatus Status, string StateHash, ValidationScores? Validation, TestScores? Test)
{
    public static FoldResult Of(int fold, RunSummary summary) => new(
        fold, FolderOf(fold), summary.Status, summary.StateHash, summary.Validation, summary.Test);

    public static string FolderOf(int fold) => FormattableString.Invariant($"fold-{fold}");
}

/// <summary>
/// The content of <c>folds.json</c>: each fold's result, and means over the folds with their intervals. Folds share most
/// of their training rows, so the intervals are narrower than those of independent repetitions would be.
/// </summary>
public sealed record CrossValidation(
    string Run,
    int Folds,
    IReadOnlyList<FoldResult> Results,
    MeanInterval? ValidationAccuracy,
    MeanInterval? ValidationRobustAccuracy,
    MeanInterval? TestAccuracy,
    MeanInterval? TestRobustAccuracy)
{
    public const string FileName = "folds.json";

    public static CrossValidation Of(string run, IReadOnlyList<FoldResult> results) => new(
        run, results.Count, results,
        Over(results, result => result.Validation?.Accuracy),
        Over(results, result => result.Validation?.RobustAccuracy),
        Over(results, result => result.Test?.Accuracy),
        Over(results, result => result.Test?.RobustAccuracy));

    public string ToJson() => JsonSerializer.Serialize(this, CrossValidationJson.Default.CrossValidation);

    /// <exception cref="FileFailureException">The file cannot be written.</exception>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), System.Text.Encoding.UTF8.GetBytes(ToJson() + "\n"));

    private static MeanInterval? Over(IReadOnlyList<FoldResult> results, Func<FoldResult, double?> value) =>
        MeanInterval.Of([.. results.Select(value).OfType<double>()]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(CrossValidation))]
internal sealed partial class CrossValidationJson : JsonSerializerContext;

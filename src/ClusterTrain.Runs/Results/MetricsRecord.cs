using System.Text.Json.Serialization;

namespace ClusterTrain.Runs.Results;

/// <summary>One evaluation: a line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Last step before the evaluation.</param>
/// <param name="Epoch">Passes over the training rows so far.</param>
/// <param name="Split"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Loss">Mean loss of a row, finite.</param>
/// <param name="Accuracy">Share of rows, 0 to 1.</param>
/// <param name="RobustAccuracy">Share of rows still right under <paramref name="Attack"/>; null without one.</param>
/// <param name="Seconds">Wall time since the run began, over all its sessions.</param>
internal sealed record MetricsRecord(
    long Step,
    double Epoch,
    string Split,
    double Loss,
    double Accuracy,
    double? RobustAccuracy,
    string? Attack,
    double Seconds)
{
    /// <summary>Share of training rows right at the same step; null where the spec does not ask for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TrainAccuracy { get; init; }

    /// <summary>Share of the attacked rows right under the training attack; null where training on one step is not watched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OneStepAccuracy { get; init; }

    /// <summary>The split whose lines make the curves; those of train and test close a run.</summary>
    public const string Validation = "validation";

    public static string NameOf(Training.Work.Split split) => split switch
    {
        Training.Work.Split.Train => "train",
        Training.Work.Split.Validation => Validation,
        _ => "test",
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MetricsRecord))]
internal sealed partial class MetricsJson : JsonSerializerContext;

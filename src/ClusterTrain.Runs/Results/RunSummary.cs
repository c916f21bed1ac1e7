using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace ClusterTrain.Runs.Results;

[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    [JsonStringEnumMemberName("completed")]
    Completed,

    [JsonStringEnumMemberName("stopped-early")]
    StoppedEarly,

    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>What must match for bits to match.</summary>
/// <param name="Data">SHA-256 of the data set's content.</param>
/// <param name="Spec">SHA-256 of the spec; also the one the ledger and the checkpoints belong to.</param>
public sealed record RunFingerprint(string Math, string MathVersion, string Data, string Spec);

/// <param name="Accuracy">Share of rows, 0 to 1.</param>
/// <param name="Loss">Mean loss of a row, finite.</param>
public sealed record TrainScores(double Accuracy, double Loss);

/// <param name="RobustAccuracy">Share of rows still right under attack, 0 to 1; null without an attack.</param>
public sealed record ValidationScores(double Accuracy, double? RobustAccuracy);

/// <param name="Attack">As users write it: <c>pgd linf eps=0.1 step=0.01 steps=50</c>; null without one.</param>
public sealed record TestScores(double Accuracy, double? RobustAccuracy, string? Attack)
{
    /// <summary>Why the robust accuracy is not to be believed: the checks that do not hold, each with what was found; null when all hold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Doubt { get; init; }
}

/// <param name="Worker">Its name.</param>
/// <param name="Step">In which it was found.</param>
/// <param name="LastGood">Last step in which a second execution agreed with it; where none did, the step before its first one, -1 or more. What it did in the steps between was not looked at.</param>
public sealed record ConvictedWorker(string Worker, long Step, long LastGood)
{
    /// <summary>Why it takes no part in the run, and what of the run is in doubt, in a sentence each.</summary>
    [JsonIgnore]
    public string Words => FormattableString.Invariant($"{Worker} computed wrongly in step {Step} and gets no work of this run. ") + (LastGood + 1 < Step
        ? FormattableString.Invariant($"Steps {LastGood + 1} to {Step - 1} are in doubt: verify --from {LastGood + 1} --to {Step - 1} executes them again")
        : "Nothing else of it is in doubt");
}

/// <summary>The content of <c>summary.json</c>: a run's result, and hashes by which a change to its files is found.</summary>
public sealed record RunSummary
{
    public required string Run { get; init; }

    public required RunStatus Status { get; init; }

    public required long Steps { get; init; }

    /// <summary>Passes over the training rows.</summary>
    public required double Epochs { get; init; }

    /// <summary>SHA-256 of the final state; depends on spec, seed, data and math alone.</summary>
    public required string StateHash { get; init; }

    /// <summary>Of the best state; of the final one when no best is tracked.</summary>
    public required string BestStateHash { get; init; }

    /// <summary>Step of the best state; the last one when no best is tracked.</summary>
    public required long BestStep { get; init; }

    public required RunFingerprint Fingerprint { get; init; }

    public required TrainScores? Train { get; init; }

    public required ValidationScores? Validation { get; init; }

    public required TestScores? Test { get; init; }

    /// <summary>Steps at which training on one step was found to have collapsed; null when it was not, or is not watched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long>? CollapsedAt { get; init; }

    /// <summary>The most that there were at once.</summary>
    public required int Workers { get; init; }

    public required string Engine { get; init; }

    /// <summary>Wall time over all sessions of the run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows a second in the last session.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Trained numbers of the network.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of tensors that the server sent to workers of other processes.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes of tensors that they brought.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>SHA-256 of the ledger's last line.</summary>
    public required string LedgerHead { get; init; }

    /// <summary>Sessions that the run took, which its claim counts; 0 where that was not recorded.</summary>
    public int Sessions { get; init; }

    /// <summary>Workers that computed wrongly and were shut out, in the order in which they were found, each with its step and what is in doubt.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConvictedWorker>? Convicted { get; init; }

    /// <summary>File name to SHA-256, filled in by <see cref="SummaryFile.Write"/>.</summary>
    [JsonPropertyOrder(1)]
    [AllowNull]
    public IReadOnlyDictionary<string, string> Files
    {
        get => field ?? FrozenDictionary<string, string>.Empty; // null when a reader finds no such field
        init;
    }

    /// <summary>One hash over spec, data, ledger, metrics, checkpoints, report and results: see <see cref="Results.RootHash"/>.</summary>
    [JsonPropertyOrder(2)]
    [AllowNull]
    public string RootHash
    {
        get => field ?? ""; // null in a folder of an earlier version
        init;
    }

    /// <summary>
    /// SHA-256 of <c>summary.json</c> with the digits of this field left out; filled in by <see cref="SummaryFile.Write"/>.
    /// </summary>
    [JsonPropertyOrder(3)]
    [AllowNull]
    public string Digest
    {
        get => field ?? "";
        init;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;

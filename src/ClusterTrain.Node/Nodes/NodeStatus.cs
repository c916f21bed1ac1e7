using System.Text.Json.Serialization;
using ClusterTrain.Node.Line;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Nodes;

/// <summary>Where the run at hand stands.</summary>
internal sealed record RunStatusNow
{
    public required string Name { get; init; }

    public required int Incarnation { get; init; }

    /// <summary>training, validating or testing.</summary>
    public required string Doing { get; init; }

    public required long Step { get; init; }

    public required long TotalSteps { get; init; }

    public required double Epoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Smoothed training loss; null before the first step.</summary>
    public required double? Loss { get; init; }

    /// <summary>Of the last validation, 0 to 1; null before it.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>Of the last validation, 0 to 1; null without an attack.</summary>
    public required double? RobustAccuracy { get; init; }

    public required double ExamplesPerSecond { get; init; }

    public required int Workers { get; init; }

    /// <summary>Workers that are here and cannot work for this run, by name, and why.</summary>
    public required IReadOnlyDictionary<string, string> SittingOut { get; init; }

    /// <summary>A guess; 0 before there is one.</summary>
    public required double SecondsLeft { get; init; }

    public required long BytesSent { get; init; }

    public required long BytesReceived { get; init; }
}

/// <summary>One node of the cluster.</summary>
internal sealed record NodeStatusOfMember(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable);

/// <summary>What <c>GET /status</c> answers.</summary>
/// <param name="Server">Address of the plane of the active server.</param>
/// <param name="Run">The run at hand, or null.</param>
/// <param name="Waiting">Runs in the line behind it.</param>
/// <param name="Nodes">Members of the cluster.</param>
/// <param name="Runs">Every run that the cluster was given: those in the line first, then those that ended, the newest first.</param>
/// <param name="HeldUp">Why no run is taken from the line; null when it moves.</param>
internal sealed record NodeStatus(
    string Server, RunStatusNow? Run, IReadOnlyList<string> Waiting, IReadOnlyList<NodeStatusOfMember> Nodes,
    IReadOnlyList<KeptRun> Runs, string? HeldUp);

/// <summary>What a run came to.</summary>
/// <param name="Steps">Steps that were done.</param>
/// <param name="StateHash">SHA-256 of the final state.</param>
/// <param name="Accuracy">On test rows, 0 to 1; null before the end.</param>
/// <param name="RobustAccuracy">The same under attack; null without one.</param>
/// <param name="Seconds">Time over all sessions.</param>
internal sealed record RunResult(long Steps, string StateHash, double? Accuracy, double? RobustAccuracy, double Seconds);

/// <summary>What <c>GET /runs/RUN</c> answers.</summary>
/// <param name="Run">Its state.</param>
/// <param name="Folder">Its folder, on the server.</param>
/// <param name="Now">Where it stands, while it is at work.</param>
/// <param name="Result">What it came to; null before it has a summary.</param>
/// <param name="HeldUp">Why it is not taken from the line, nor any other; null when it is not in it, or the line moves.</param>
internal sealed record RunDetail(KeptRun Run, string Folder, RunStatusNow? Now, RunResult? Result, string? HeldUp)
{
    public static RunDetail Of(KeptRun run, string path, RunStatusNow? now, string? heldUp)
    {
        var folder = new RunFolder(path);
        RunResult? result = null;
        try
        {
            if (File.Exists(folder.SummaryPath) && SummaryFile.Read(folder) is { } summary)
                result = new RunResult(summary.Steps, summary.StateHash, summary.Test?.Accuracy, summary.Test?.RobustAccuracy, summary.Seconds);
        }
        catch (FileFailureException)
        {
            // Whoever brings the results is told that the summary was changed.
        }

        return new RunDetail(run, path, now, result, run.IsInLine ? heldUp : null);
    }
}

/// <summary>What <c>POST /submit</c> answers.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Folder">Its folder, on the server.</param>
/// <param name="Warning">What the user should know; null where there is nothing.</param>
internal sealed record Submitted(string Run, string Folder, string? Warning);

/// <summary>What <c>POST /stop</c> answers.</summary>
/// <param name="Run">The run that was stopped; null when there was none at work.</param>
/// <param name="State">What it is now: interrupted, or cancelled when it had not begun.</param>
internal sealed record StoppedRun(string? Run, KeptState? State);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(IReadOnlyList<KeptFile>))]
[JsonSerializable(typeof(Submitted))]
[JsonSerializable(typeof(StoppedRun))]
internal sealed partial class NodeJson : JsonSerializerContext;

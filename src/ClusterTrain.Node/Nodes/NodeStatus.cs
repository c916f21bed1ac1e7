using System.Text.Json.Serialization;

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
internal sealed record NodeStatus(
    string Server, RunStatusNow? Run, IReadOnlyList<string> Waiting, IReadOnlyList<NodeStatusOfMember> Nodes);

/// <summary>What <c>POST /submit</c> answers.</summary>
internal sealed record Submitted(string Run, string Folder);

/// <summary>What <c>POST /stop</c> answers.</summary>
internal sealed record StoppedRun(string? Run);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(Submitted))]
[JsonSerializable(typeof(StoppedRun))]
internal sealed partial class NodeJson : JsonSerializerContext;

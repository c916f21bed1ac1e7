using System.Text.Json.Serialization;

namespace ClusterTrain.Node.Nodes;

/// <summary>Where the run at hand stands.</summary>
/// <param name="Doing">training, validating or testing.</param>
/// <param name="Loss">Smoothed training loss; null before the first step.</param>
/// <param name="Accuracy">Of the last validation, 0 to 1; null before it.</param>
/// <param name="RobustAccuracy">Of the last validation, 0 to 1; null without an attack.</param>
internal sealed record RunStatusNow(
    string Name, int Incarnation, string Doing, long Step, long TotalSteps, double Epoch, int Epochs, double? Loss, double? Accuracy,
    double? RobustAccuracy, double ExamplesPerSecond, int Workers, double SecondsLeft, long BytesSent, long BytesReceived);

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

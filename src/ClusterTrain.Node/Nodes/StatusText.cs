using System.Globalization;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Nodes;

/// <summary>A cluster's status for people.</summary>
internal static class StatusText
{
    public static IEnumerable<string> Lines(NodeStatus status)
    {
        yield return $"active server: {status.Server}";
        foreach (var line in status.Run is { } run ? Run(run) : ["run: none; give it one with: clustertrain submit SPEC"]) yield return line;
        yield return $"waiting: {(status.Waiting.Count == 0 ? "none" : string.Join(", ", status.Waiting))}";
        yield return "";
        IReadOnlyList<string> heading = ["node", "roles", "status"];
        foreach (var line in TextTable.Lines([heading, .. status.Nodes.Select(Node)])) yield return line;
    }

    private static IEnumerable<string> Run(RunStatusNow run)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"run: {run.Name}, {run.Doing}, step {run.Step} of {run.TotalSteps}, epoch {run.Epoch:0.0} of {run.Epochs}"
            + $"{(run.SecondsLeft > 0 ? $", {Figures.Duration(run.SecondsLeft)} left" : "")}");
        yield return $"  loss {(run.Loss is { } loss ? Figures.Loss(loss) : "-")}, validation {Figures.PercentOrDash(run.Accuracy)}"
            + (run.RobustAccuracy is { } robust ? $", robust {Figures.Percent(robust)}" : "");
        yield return $"  {Figures.Rate(run.ExamplesPerSecond)} examples/s on {run.Workers} workers; tensors {Megabytes(run.BytesSent)} out, {Megabytes(run.BytesReceived)} in; incarnation {run.Incarnation}";
    }

    private static IReadOnlyList<string> Node(NodeStatusOfMember node) =>
        [node.Address, string.Join(", ", node.Roles), node.IsReachable ? node.Status.ToLowerInvariant() : "out of reach"];

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture) + " MB";
}

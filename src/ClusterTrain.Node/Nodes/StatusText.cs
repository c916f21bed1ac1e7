using System.Globalization;
using ClusterTrain.Node.Line;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Nodes;

/// <summary>A cluster's status for people.</summary>
internal static class StatusText
{
    private const int MostRuns = 20;
    private const int MostReason = 160;

    public static IEnumerable<string> Lines(NodeStatus status)
    {
        yield return $"active server: {status.Server}";
        foreach (var line in status.Run is { } run ? Run(run) : ["run: none; give it one with: clustertrain submit SPEC"]) yield return line;
        yield return $"waiting: {(status.Waiting.Count == 0 ? "none" : string.Join(", ", status.Waiting))}";
        if (status.HeldUp is { } heldUp) yield return HeldUp(heldUp);
        foreach (var line in Kept(status.Runs)) yield return line;
        yield return "";
        IReadOnlyList<string> heading = ["node", "roles", "status"];
        foreach (var line in TextTable.Lines([heading, .. status.Nodes.Select(Node)])) yield return line;
    }

    /// <summary>One run.</summary>
    public static IEnumerable<string> Lines(RunDetail detail)
    {
        var run = detail.Run;
        if (detail.Now is { } now) foreach (var line in Run(now)) yield return line;
        else yield return $"run: {run.Run}, {run.Words} since {Time(run)} UTC";
        if (detail.HeldUp is { } heldUp) yield return "  " + HeldUp(heldUp);
        if (run.Why is not null) yield return $"  why: {run.Why}";
        if (run.Advice is not null) yield return $"  what to do: {run.Advice}";
        if (detail.Result is { } result)
        {
            yield return $"  {result.Steps} steps in {Figures.Duration(result.Seconds)}; test accuracy {Figures.PercentOrDash(result.Accuracy)}"
                + (result.RobustAccuracy is { } robust ? $", robust {Figures.Percent(robust)}" : "");
            yield return $"  state hash {result.StateHash}";
        }

        yield return $"  folder: {detail.Folder} on the server";
    }

    private static string HeldUp(string why) => $"held up: {why}; there is another try as soon as there is room";

    private static IEnumerable<string> Kept(IReadOnlyList<KeptRun> runs)
    {
        if (runs.Count == 0) yield break;
        yield return "";
        IReadOnlyList<string> heading = ["run", "state", "since (UTC)", ""];
        foreach (var line in TextTable.Lines([heading, .. runs.Take(MostRuns).Select(Kept)])) yield return line;
        if (runs.Count > MostRuns) yield return $"and {runs.Count - MostRuns} older ones: --json has them all";
    }

    private static IReadOnlyList<string> Kept(KeptRun run) =>
        [run.Run, run.Words, Time(run), Short(run.Why ?? "")];

    private static string Time(KeptRun run) => run.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Run(RunStatusNow run)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"run: {run.Name}, {run.Doing}, step {run.Step} of {run.TotalSteps}, epoch {run.Epoch:0.0} of {run.Epochs}"
            + $"{(run.SecondsLeft > 0 ? $", {Figures.Duration(run.SecondsLeft)} left" : "")}");
        yield return $"  loss {(run.Loss is { } loss ? Figures.Loss(loss) : "-")}, validation {Figures.PercentOrDash(run.Accuracy)}"
            + (run.RobustAccuracy is { } robust ? $", robust {Figures.Percent(robust)}" : "");
        yield return $"  {Figures.Rate(run.ExamplesPerSecond)} examples/s on {run.Workers} workers; tensors {Megabytes(run.BytesSent)} out, {Megabytes(run.BytesReceived)} in; incarnation {run.Incarnation}";
        foreach (var (worker, why) in run.SittingOut) yield return $"  {worker} sits it out: {Short(why)}";
    }

    private static IReadOnlyList<string> Node(NodeStatusOfMember node) =>
        [node.Address, string.Join(", ", node.Roles), node.IsReachable ? node.Status.ToLowerInvariant() : "out of reach"];

    // Among others; `status RUN`, `logs RUN` and the worker's own screen have all of it.
    private static string Short(string why) => why.Length <= MostReason ? why : why[..MostReason] + " ...";

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture) + " MB";
}

using System.Globalization;
using System.Text;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Node.Line;
using ClusterTrain.Training.Specs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// What a node's port serves beside tensors: users' commands, health and metrics. A node that is not the active server
/// takes a user's command to the one that is.
/// </summary>
/// <param name="node">This node.</param>
/// <param name="line">The cluster's runs; null on a node without the role server.</param>
/// <param name="served">The run that is served here.</param>
/// <param name="forward">The way to the active server.</param>
/// <param name="prepare">Refuses a spec that cannot be run here; writes into it what it starts from.</param>
internal sealed class NodeRoutes(
    LateNode node, RunLine? line, ServedRun served, UserForwarding forward, Func<RunSpec, RunSpec> prepare)
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string MetricsPath = "/metrics";
    public const string DemandMetric = "clustertrain_demand";
    public const string StatusPath = "/status";
    public const string SubmitPath = "/submit";
    public const string StopPath = "/stop";

    /// <summary>One run, by name; <c>/files</c> after it lists what is in its folder, <c>/files/NAME</c> brings it.</summary>
    public const string RunsPath = "/runs/";

    /// <summary>The same of the runs whose files this very server has, for the others.</summary>
    public const string CopiesPath = "/copies/";

    private RunRoutes Runs => new(line!, node.Duty!, node.Follower!, prepare);

    public void Map(IEndpointRouteBuilder routes)
    {
        served.Map(routes);
        routes.MapGet(Live, () => node.WhyForsaken is { } forsaken
            ? Results.Text(forsaken, statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("live"));
        routes.MapGet(Ready, () => node.WhyNotReady is { } why
            ? Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("ready"));
        routes.MapGet(MetricsPath, () => Results.Text(Metrics(), "text/plain; version=0.0.4"));
        routes.MapGet(StatusPath, (Delegate)((HttpContext http) => AtServer(http, () => Results.Json(Status(), NodeJson.Default.NodeStatus))));
        routes.MapPost(SubmitPath, (HttpContext http, string? again) => AtServer(http, () => Runs.Submit(http, again)));
        routes.MapPost(StopPath, (HttpContext http, string? run) => AtServer(http, () => Runs.Stop(run)));
        routes.MapGet(RunsPath + "{run}", (HttpContext http, string run) => AtServer(http, () => Runs.Show(run, RunNow())));
        routes.MapGet(RunsPath + "{run}/files", (HttpContext http, string run) => AtServer(http, () => Runs.Files(run)));
        routes.MapGet(RunsPath + "{run}/files/{**file}", (HttpContext http, string run, string file) => AtServer(http, () => Runs.Bring(run, file)));
        if (line is null) return;
        routes.MapGet(CopiesPath + "{run}/files", (string run) => Runs.Files(run));
        routes.MapGet(CopiesPath + "{run}/files/{**file}", (string run, string file) => Runs.Bring(run, file));
        routes.MapPost(CopiesPath + "{run}/taken", (string run) =>
        {
            node.Follower!.Taken(run);
            return Results.NoContent();
        });
    }

    private Task<IResult> AtServer(HttpContext http, Func<IResult> answer) => AtServer(http, () => Task.FromResult(answer()));

    private async Task<IResult> AtServer(HttpContext http, Func<Task<IResult>> answer)
    {
        if (node.Duty is { IsActive: true }) return await answer().ConfigureAwait(false);
        return !UserForwarding.IsForwarded(http.Request) && await node.LocateServer().ConfigureAwait(false) is { } server && server != node.Plane
            ? await forward.Send(http, server).ConfigureAwait(false)
            : Results.Text("the cluster has no active server yet; try again in a few seconds", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private NodeStatus Status()
    {
        var current = RunNow();
        var runs = line!.All();
        var inLine = runs.Where(run => run.IsInLine).OrderBy(run => run.Place).ToList();
        return new NodeStatus(
            node.Plane, current, [.. inLine.Select(run => run.Run).Where(name => name != current?.Name)], node.Members,
            [.. inLine, .. runs.Where(run => !run.IsInLine).OrderByDescending(run => run.Since)], node.Duty!.HeldUp);
    }

    private RunStatusNow? RunNow()
    {
        if (node.Duty?.Current is not { } current || served.Conductor is not { } conductor) return null;
        var at = current.Tracker.Snapshot;
        return new RunStatusNow
        {
            Name = current.Run,
            Incarnation = conductor.Run.Incarnation,
            Doing = at.Doing,
            Step = at.Step,
            TotalSteps = at.TotalSteps,
            Epoch = at.Epoch,
            Epochs = at.Epochs,
            Loss = double.IsNaN(at.Loss) ? null : at.Loss,
            Accuracy = at.Validation?.Accuracy,
            RobustAccuracy = at.Validation?.RobustAccuracy,
            ExamplesPerSecond = at.ExamplesPerSecond,
            Workers = conductor.ReadyWorkers,
            SittingOut = conductor.SittingOut,
            SecondsLeft = at.TimeLeft(current.FirstStep)?.TotalSeconds ?? 0,
            BytesSent = conductor.BytesSent,
            BytesReceived = conductor.BytesReceived,
        };
    }

    private bool Active => node.Duty is { IsActive: true };

    private int Demand() => !Active ? 0 : served.Conductor?.Shards ?? (line!.InLine().Count > 0 && node.Duty!.HeldUp is null ? 1 : 0);

    private string Metrics()
    {
        var text = new StringBuilder();
        void Line(string name, string help, double value) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
        Line("clustertrain_active_server", "1 on the active server", node.Duty is { IsActive: true } ? 1 : 0);
        Line("clustertrain_held_up", "1 while a full disk holds up the line of runs", node.Duty?.HeldUp is null ? 0 : 1);
        Line("clustertrain_cluster_nodes", "Members that are up and reachable", node.Members.Count(member => member is { Status: "Up", IsReachable: true }));
        Line("clustertrain_runs_in_line", "Runs that wait or are at work, on the active server", Active ? line!.InLine().Count : 0);
        Line(DemandMetric, "Items that can be worked at once: shards of the run at hand; 1 while one is being taken up", Demand());
        if (RunNow() is not { } run) return text.ToString();
        Line("clustertrain_step", "Steps committed of the run at hand", run.Step);
        Line("clustertrain_steps_total", "Steps of the run at hand", run.TotalSteps);
        Line("clustertrain_workers", "Workers that are fit for the run", run.Workers);
        Line("clustertrain_examples_per_second", "Training rows a second", run.ExamplesPerSecond);
        Line("clustertrain_sent_bytes", "Bytes of tensors sent to workers", run.BytesSent);
        Line("clustertrain_received_bytes", "Bytes of tensors brought by workers", run.BytesReceived);
        return text.ToString();
    }
}

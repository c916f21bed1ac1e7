using System.Globalization;
using System.Text;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// What a node's port serves beside tensors: users' commands, health and metrics. A node that is not the active server
/// takes a user's command to the one that is.
/// </summary>
/// <param name="node">This node.</param>
/// <param name="queue">The cluster's runs; null on a node without the role server.</param>
/// <param name="served">The run that is served here.</param>
/// <param name="forward">The way to the active server.</param>
/// <param name="withStart">Looks up the weights that a spec starts from, and writes into it which those are.</param>
internal sealed class NodeRoutes(
    LateNode node, RunQueue? queue, ServedRun served, UserForwarding forward, Func<RunSpec, RunSpec> withStart)
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";
    public const string MetricsPath = "/metrics";
    public const string StatusPath = "/status";
    public const string SubmitPath = "/submit";
    public const string StopPath = "/stop";

    /// <summary>Longest spec that is taken in, in bytes.</summary>
    public const int MostSpecBytes = 1 << 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        served.Map(routes);
        routes.MapGet(Live, () => Results.Text("live"));
        routes.MapGet(Ready, () => node.IsUp
            ? Results.Text("ready") : Results.Text("not a member of the cluster yet", statusCode: StatusCodes.Status503ServiceUnavailable));
        routes.MapGet(MetricsPath, () => Results.Text(Metrics(), "text/plain; version=0.0.4"));
        routes.MapGet(StatusPath, (Delegate)((HttpContext http) => AtServer(http, () => Results.Json(Status(), NodeJson.Default.NodeStatus))));
        routes.MapPost(SubmitPath, (HttpContext http, string? again) => AtServer(http, () => Submit(http, again)));
        routes.MapPost(StopPath, (Delegate)((HttpContext http) => AtServer(
            http, () => Results.Json(new StoppedRun(node.Duty!.StopCurrent()), NodeJson.Default.StoppedRun))));
    }

    private Task<IResult> AtServer(HttpContext http, Func<IResult> answer) => AtServer(http, () => Task.FromResult(answer()));

    private async Task<IResult> AtServer(HttpContext http, Func<Task<IResult>> answer)
    {
        if (node.Duty is { IsActive: true }) return await answer().ConfigureAwait(false);
        return !UserForwarding.IsForwarded(http.Request) && await node.LocateServer().ConfigureAwait(false) is { } server && server != node.Plane
            ? await forward.Send(http, server).ConfigureAwait(false)
            : Results.Text("the cluster has no active server yet; try again in a few seconds", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<IResult> Submit(HttpContext http, string? again)
    {
        if (again is not null)
        {
            try
            {
                queue!.AddAgain(again);
                node.Duty!.LookAgain();
                return Results.Json(new Submitted(again, Path.Combine(queue.Folder, again)), NodeJson.Default.Submitted);
            }
            catch (WrongInputException wrong)
            {
                return Results.Text(wrong.Message, statusCode: StatusCodes.Status400BadRequest);
            }
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        if (body.Length > MostSpecBytes) return Results.Text($"a spec has at most {MostSpecBytes} bytes", statusCode: StatusCodes.Status413PayloadTooLarge);
        var read = SpecLoader.Load(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), "the spec", []);
        if (read.Spec is not { } spec)
            return Results.Text(string.Join("\n", read.Errors), statusCode: StatusCodes.Status400BadRequest);
        try
        {
            var name = queue!.Add(withStart(spec));
            node.Duty!.LookAgain();
            return Results.Json(new Submitted(name, Path.Combine(queue.Folder, name)), NodeJson.Default.Submitted);
        }
        catch (CheckpointException wrong)
        {
            return Results.Text($"{wrong.Message} (on the server)", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private NodeStatus Status()
    {
        var current = RunNow();
        return new NodeStatus(node.Plane, current, [.. queue!.Waiting().Where(name => name != current?.Name)], node.Members);
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
            SecondsLeft = at.TimeLeft(current.FirstStep)?.TotalSeconds ?? 0,
            BytesSent = conductor.BytesSent,
            BytesReceived = conductor.BytesReceived,
        };
    }

    private string Metrics()
    {
        var text = new StringBuilder();
        void Line(string name, string help, double value) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
        Line("clustertrain_active_server", "1 on the active server", node.Duty is { IsActive: true } ? 1 : 0);
        Line("clustertrain_cluster_nodes", "Members that are up and reachable", node.Members.Count(member => member is { Status: "Up", IsReachable: true }));
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

using System.Text;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Cluster.Serving;

/// <summary>The run that this process serves at the moment, if any: what the plane and the control channel talk to.</summary>
public sealed class ServedRun : ITensorStore
{
    private volatile Held? _held;

    /// <summary>The conductor of the run, or null.</summary>
    public RunConductor? Conductor => _held?.Conductor;

    /// <summary>Serves a run from now on.</summary>
    public void Set(RunConductor conductor, string specText) => _held = new Held(conductor, Encoding.UTF8.GetBytes(specText));

    /// <summary>Serves none.</summary>
    public void Clear() => _held = null;

    /// <summary>Something for the run's server, which is nobody's concern when there is none.</summary>
    public void Post(DeskInput input) => _held?.Conductor.Post(input);

    public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name) =>
        _held is { } held ? held.Conductor.Tensors.Read(name) : (null, PlaneOutcome.UnknownRun);

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) =>
        _held is { } held ? held.Conductor.Tensors.Expect(name, worker) : (0, PlaneOutcome.UnknownRun);

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures) =>
        _held is { } held ? held.Conductor.Tensors.Write(name, worker, figures) : (null, PlaneOutcome.UnknownRun);

    /// <summary><c>GET /runs/RUN/spec</c>: the spec as run.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/runs/{run}/spec", (string run) =>
        _held is { } held && held.Conductor.Run.Run == run
            ? Results.Bytes(held.Spec, "application/yaml")
            : Results.Text($"run {run} is not served here", statusCode: StatusCodes.Status404NotFound));

    private sealed record Held(RunConductor Conductor, byte[] Spec);
}

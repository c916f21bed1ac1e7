using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Serving;

namespace ClusterTrain.Cluster.Working;

/// <summary>What a node's port has: of the run that it serves everything, of the one that it works for the parameters that it passes on and the gradients that it adds to.</summary>
public sealed class NodeTensors(ServedRun served, HeldParameters held) : ITensorStore
{
    public Task Prepare(TensorName name, CancellationToken aborted) => Of(name).Prepare(name, aborted);

    public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name) => Of(name).Read(name);

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) => TakerOf(name).Expect(name, worker);

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures) =>
        TakerOf(name).Write(name, worker, figures);

    private ITensorStore TakerOf(TensorName name) => name.Kind == TensorKind.Addend ? held : served;

    private ITensorStore Of(TensorName name) => served.Conductor is { } conductor && conductor.Run.Run == name.Run ? served : held;
}

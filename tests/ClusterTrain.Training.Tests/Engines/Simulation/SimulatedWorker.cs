using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>A worker with a real executor, whose packed weights outlive its items as a thread's would.</summary>
internal sealed class SimulatedWorker(int number, RunContext context)
{
    private WorkExecutor? _executor;

    public WorkerId Id { get; } = new($"worker-{number}");

    /// <summary>False once it has crashed or left: it takes no more work.</summary>
    public bool IsHere { get; set; } = true;

    public WorkResult Execute(ServerEffect.Assign work) =>
        (_executor ??= new WorkExecutor(context)).Execute(work.Range, 0, work.Parameters, work.Batches);
}

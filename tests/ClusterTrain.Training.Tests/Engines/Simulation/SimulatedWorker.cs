using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>A worker with a real executor, whose packed weights outlive its items as a thread's would.</summary>
internal sealed class SimulatedWorker(int number, RunContext context, Faults faults)
{
    private WorkExecutor? _executor;

    public WorkerId Id { get; } = new($"worker-{number}");

    /// <summary>False once it has crashed or left: it takes no more work.</summary>
    public bool IsHere { get; set; } = true;

    /// <summary>Gradients that it computed.</summary>
    public int Gradients { get; private set; }

    public WorkResult Execute(ServerEffect.Assign work)
    {
        var result = (_executor ??= new WorkExecutor(context)).Execute(work.Range, 0, work.Parameters, work.Batches);
        if (result is WorkResult.Gradient) Gradients++;
        if (number != faults.Faulty) return result;
        if (result is WorkResult.Gradient gradient) faults.Fault(gradient.Shard);
        if (result is WorkResult.Attacked attacked) faults.RowFault(attacked.Batch);
        return result is WorkResult.Evaluated evaluated ? evaluated with { Sums = faults.FigureFault(evaluated.Sums) } : result;
    }
}

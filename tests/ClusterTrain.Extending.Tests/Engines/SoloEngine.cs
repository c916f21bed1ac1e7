using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Extending.Tests.Engines;

/// <summary>One worker on the caller's own thread: the least that an engine can be.</summary>
public sealed class SoloEngine(TimeProvider time) : IEngine
{
    public static EngineEntry Entry { get; } = new("solo", "the caller's own thread", (_, time) => new SoloEngine(time));

    public string Name => Entry.Name;

    public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop)
    {
        var server = new ParameterServer(run.Context, run.Start, new LeasePolicy(), run.Incarnation);
        var executor = new WorkExecutor(run.Context);
        var asks = new ServerMessage.WorkerAsks(new WorkerId(Name)) { Room = int.MaxValue };
        var (answers, effects, started) = (new Queue<ServerMessage>(), new List<ServerEffect>(), time.GetTimestamp());
        ServerEffect? end = null;
        while (end is null)
        {
            var message = stop.IsCancellationRequested ? new ServerMessage.StopRequested() : answers.TryDequeue(out var answer) ? answer : asks;
            var elapsed = time.GetElapsedTime(started);
            effects.Clear();
            server.Handle(message, elapsed, effects);
            foreach (var effect in effects)
            {
                if (effect is not ServerEffect.Assign(_, var range, var parameters) assign)
                {
                    observer.On(effect, server, elapsed);
                    if (effect.IsEnd) end = effect;
                    continue;
                }

                for (var i = 0; i < range.Count; i++)
                    answers.Enqueue(new ServerMessage.ResultArrives(asks.Worker, executor.Execute(range, i, parameters, assign.Batches)));
            }
        }

        // What comes after the end changes nothing, but its memory goes back.
        foreach (var late in answers) server.Handle(late, time.GetElapsedTime(started), effects);
        return new RunOutcome(end, server.Model, server.Result, server.Stopping) { Workers = 1 };
    }
}

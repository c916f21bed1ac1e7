using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Benchmarks;

/// <summary>
/// The parameter server alone, with more workers and shards than anybody has and a network of four parameters: workers ask, bring their
/// shares as the fewest blocks, and the step is committed. What a message costs must not grow with the number of workers.
/// </summary>
public static class ServerBench
{
    private const int Workers = 10_000;
    private const int Shards = 100_000;

    // Messages a second that a server must take: 20 microseconds each.
    private const double Wanted = 50_000;

    public static BenchFigure Run(Func<IMatrixProducts> products, Sampler sampler)
    {
        var context = Context(products);
        var server = new ParameterServer(context, RunState.Initial(context.Plan), new LeasePolicy());
        var asks = Enumerable.Range(0, Workers).Select(number => new ServerMessage.WorkerAsks(new WorkerId($"worker-{number}")) { Room = int.MaxValue }).ToArray();
        var (messages, now) = (0L, TimeSpan.Zero);
        var seconds = sampler.Seconds(() => messages = Step(context, server, asks, now += TimeSpan.FromSeconds(1)));
        return new BenchFigure($"server {Workers} workers", messages / seconds, "messages/s", Wanted);
    }

    /// <returns>Messages that went in.</returns>
    private static long Step(RunContext context, ParameterServer server, ServerMessage.WorkerAsks[] asks, TimeSpan now)
    {
        var (messages, step, effects) = (0L, server.Model.Version, new List<ServerEffect>());
        while (server.Model.Version == step)
        {
            foreach (var ask in asks) Send(ask);
            var given = effects.OfType<ServerEffect.Assign>().ToList();
            effects.Clear();
            now += TimeSpan.FromMilliseconds(100);
            foreach (var (worker, range, _) in given)
            {
                for (var at = range.First.Index; at < range.First.Index + range.Count;)
                {
                    var gradient = context.Buffers.RentGradient();
                    gradient.Mask.Fill();
                    gradient.Values.Clear();
                    gradient.Shards = BlockSum.LargestBlock(at, range.First.Index + range.Count, Shards);
                    if (server.IsLeased(range.First with { Index = at }, gradient.Shards, worker))
                        Send(new ServerMessage.ResultArrives(worker, new WorkResult.Gradient(range.First with { Index = at }, gradient)));
                    at += gradient.Shards;
                }
            }
        }

        return messages;

        void Send(ServerMessage message)
        {
            messages++;
            server.Handle(message, now, effects);
        }
    }

    private static RunContext Context(Func<IMatrixProducts> products)
    {
        var spec = new RunSpec
        {
            Epochs = 1_000_000,
            Network = new NetworkSpec { Layers = [new DenseLayer { Units = 2 }] },
            Batch = new BatchSpec { Size = Shards, Shards = Shards },
            Evaluation = new EvaluationSpec { EveryEpochs = 1_000_000 },
        };
        var rows = new Examples(new AlignedBuffer(Shards), new byte[Shards], 1);
        return new RunContext(spec, new Dataset("empty", [1], 2, rows, rows, rows, ""), products);
    }
}

using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>The full deterministic network over the chunks of the first test rows, on several threads.</summary>
internal static class NetworkChunks
{
    /// <param name="context">The run.</param>
    /// <param name="state">Its parameters.</param>
    /// <param name="workers">Threads, each with a network of its own.</param>
    /// <param name="rows">Test rows, from the first.</param>
    /// <param name="measure">Called once a chunk, on any thread and in any order: writes to the chunk's own rows alone.</param>
    /// <exception cref="AggregateException">A call failed.</exception>
    public static void Run(
        RunContext context, ModelState state, int workers, int rows, Action<Replica, EvaluationChunk> measure) =>
        Run(context, state, workers, rows, () => 0, (_, replica, chunk) => measure(replica, chunk));

    /// <summary>The same with something of its own for each thread, made by <paramref name="own"/>.</summary>
    public static void Run<TOwn>(
        RunContext context, ModelState state, int workers, int rows, Func<TOwn> own, Action<TOwn, Replica, EvaluationChunk> measure)
    {
        var chunks = EvaluationChunk.Of(Split.Test, rows).ToArray();
        OrderedWork.Run(
            chunks.Length, workers, () => (Own: own(), Network: Bound(context, state)),
            (thread, chunk) => measure(thread.Own, thread.Network, chunks[chunk]));
    }

    private static Replica Bound(RunContext context, ModelState state)
    {
        var network = context.Plan.Network;
        var replica = new Replica(network, context.CreateProducts(), EvaluationChunk.MaxRows);
        replica.Bind(state.Served.Parameters, new ReplicaMask(network).Fill());
        return replica;
    }
}

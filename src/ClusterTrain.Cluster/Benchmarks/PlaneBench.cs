using System.Net;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Training.Benchmarks;

namespace ClusterTrain.Cluster.Benchmarks;

/// <summary>
/// Tensors over the plane on loopback, hashes on both ends included, beside a bare socket between two threads.
/// </summary>
public static class PlaneBench
{
    private const int Floats = 2 << 20;
    private const double Bytes = sizeof(float) * (double)Floats;

    /// <summary>GB/s of a tensor of 8 MB, to a worker and from one.</summary>
    public static IEnumerable<BenchFigure> Run(Sampler sampler, TimeProvider time)
    {
        var values = new float[Floats];
        for (var i = 0; i < values.Length; i++) values[i] = i % 1013;
        var secret = ClusterSecret.Make();
        using var host = PlaneHost.Start(new PlaneOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Secret = secret }, new BenchTensors(values), _ => { });
        using var connections = new PlaneConnections(new Credentials(Secret: secret));
        using var plane = new WorkerPlane(new Uri(host.Address), connections, time);
        using var bare = new SocketCopy(sizeof(float) * Floats);
        var target = new float[Floats];
        var (whole, gradient) = (TensorName.Whole("bench", 0, 0), TensorName.Gradient("bench", 0, 0, 0, 1));
        yield return Figure("plane down 8 MB", bare, sampler, () => plane.Get(whole, target));
        yield return Figure("plane up 8 MB", bare, sampler, () => plane.Put(gradient, values, "bench", default));
    }

    private static BenchFigure Figure(string name, SocketCopy bare, Sampler sampler, Func<PlaneOutcome> transfer)
    {
        var limit = Bytes / sampler.Seconds(bare.Once) / 1e9;
        var seconds = sampler.Seconds(() =>
        {
            if (transfer() is not PlaneOutcome.Done and var other) throw new IOException($"{name}: {other}");
        });
        return new BenchFigure(name, Bytes / seconds / 1e9, "GB/s", limit);
    }
}

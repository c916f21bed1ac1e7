using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Benchmarks;

/// <summary>A store of one tensor, which takes whatever has its length: the plane's own cost, and nothing behind it.</summary>
internal sealed class BenchTensors : ITensorStore
{
    private readonly float[] _outgoing;
    private readonly float[] _incoming;
    private readonly string _hash;

    public BenchTensors(float[] values)
    {
        (_outgoing, _incoming) = (values, new float[values.Length]);
        _hash = TensorHash.Of(values);
    }

    public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name) => (new Reading(this), PlaneOutcome.Done);

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) => (sizeof(float) * (long)_incoming.Length, PlaneOutcome.Done);

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures) =>
        (new Writing(this), PlaneOutcome.Done);

    private sealed class Reading(BenchTensors owner) : ITensorReading
    {
        public ReadOnlyMemory<float> Values => owner._outgoing;

        public string Hash => owner._hash;

        public void Delivered()
        {
            // Nobody counts.
        }

        public void Dispose()
        {
            // The memory is the store's.
        }
    }

    private sealed class Writing(BenchTensors owner) : ITensorWriting
    {
        public Memory<float> Values => owner._incoming;

        public Task<PlaneOutcome> Accept(CancellationToken aborted) => Task.FromResult(PlaneOutcome.Done);

        public void Dispose()
        {
            // The memory is the store's.
        }
    }
}

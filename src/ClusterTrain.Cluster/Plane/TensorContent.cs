using System.Net;
using System.Runtime.InteropServices;

namespace ClusterTrain.Cluster.Plane;

/// <summary>A tensor as a request's body, written straight out of its own memory.</summary>
/// <param name="values">Must not change until the answer is there.</param>
/// <param name="progress">Called after each part.</param>
internal sealed class TensorContent(ReadOnlyMemory<float> values, Action progress) : HttpContent
{
    // Long enough to fill a system call, short enough to tell a slow network from a dead one.
    private const int PartFloats = 256 * 1024;

    protected override bool TryComputeLength(out long length)
    {
        length = (long)sizeof(float) * values.Length;
        return true;
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var at = 0; at < values.Length; at += PartFloats)
        {
            stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(at, Math.Min(PartFloats, values.Length - at))));
            progress();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("Workers wait for their tensors; nothing here is asynchronous.");
}

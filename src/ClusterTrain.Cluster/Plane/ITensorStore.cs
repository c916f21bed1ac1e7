namespace ClusterTrain.Cluster.Plane;

/// <summary>What a worker says of a gradient beside its values.</summary>
/// <param name="Loss">Sum over the block's shards of their mean losses, in the reduction tree's order.</param>
/// <param name="Correct">Rows classified right on the way.</param>
public readonly record struct GradientFigures(double Loss, int Correct);

/// <summary>The tensors of the runs that this process serves. Any thread may call.</summary>
public interface ITensorStore
{
    /// <summary>Done when it is time to read a tensor: one that will be here in a moment is waited for. Done at once where nobody says otherwise.</summary>
    Task Prepare(TensorName name, CancellationToken aborted) => Task.CompletedTask;

    /// <summary>A tensor to send and Done, or null and why not. The reader disposes of it when the last byte is out.</summary>
    (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name);

    /// <summary>How many bytes a worker has to bring for a tensor and Done, or why it may not bring it.</summary>
    (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker);

    /// <summary>Room for a tensor that arrives and Done, or null and why not. What was filled counts only after <see cref="ITensorWriting.Accept"/>.</summary>
    (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures);
}

public interface ITensorReading : IDisposable
{
    ReadOnlyMemory<float> Values { get; }

    /// <summary>Of <see cref="Values"/>, 32 lower-case hex digits (<see cref="TensorHash"/>).</summary>
    string Hash { get; }

    /// <summary>All of it has been handed to the network.</summary>
    void Delivered();
}

/// <summary>A pooled place of exactly the right size; disposing without accepting gives it back and changes nothing.</summary>
public interface ITensorWriting : IDisposable
{
    Memory<float> Values { get; }

    /// <summary>
    /// The values are whole and their hash is right: hands them on. Done when they are where they belong, or why they will not be.
    /// </summary>
    /// <param name="aborted">Who brings them waits no longer.</param>
    Task<PlaneOutcome> Accept(CancellationToken aborted);
}

namespace ClusterTrain.Cluster.Plane;

/// <summary>Why a tensor cannot be had or taken; each has its HTTP status.</summary>
public enum TensorRefusal
{
    /// <summary>404: no such run here.</summary>
    UnknownRun,

    /// <summary>409: of another life of the run's server.</summary>
    OtherIncarnation,

    /// <summary>410: its step or version is over; who asks should ask for work anew.</summary>
    Over,

    /// <summary>404: a step, shard or block that the run does not have, or not yet.</summary>
    NoSuchTensor,
}

/// <summary>What a worker says of a gradient beside its values.</summary>
/// <param name="Loss">Sum over the block's shards of their mean losses, in the reduction tree's order.</param>
/// <param name="Correct">Rows classified right on the way.</param>
public readonly record struct GradientFigures(double Loss, int Correct);

/// <summary>The tensors of the runs that this process serves. Any thread may call.</summary>
public interface ITensorStore
{
    /// <summary>A tensor to send, or why not. The reader disposes of it when the last byte is out.</summary>
    (ITensorReading? Reading, TensorRefusal? Refusal) Read(TensorName name);

    /// <summary>Room for a tensor that arrives, or why not. What was filled counts only after <see cref="ITensorWriting.Accept"/>.</summary>
    (ITensorWriting? Writing, TensorRefusal? Refusal) Write(TensorName name, string worker, GradientFigures figures);
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

    /// <summary>The values are whole and their hash is right: hands them to the run's server.</summary>
    void Accept();
}

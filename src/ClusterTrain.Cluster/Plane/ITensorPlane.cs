namespace ClusterTrain.Cluster.Plane;

/// <summary>How getting or bringing a tensor ended.</summary>
public enum PlaneOutcome
{
    Done,

    /// <summary>Its step or version is over, or the server knows no such tensor: ask for work anew.</summary>
    Over,

    /// <summary>The server knows no such run, or another life of it.</summary>
    OtherRun,

    /// <summary>Could not be reached, or what came was damaged on the way, repeatedly.</summary>
    Unreachable,
}

/// <summary>The tensors of a server, as a worker reaches them. Blocks until done; never throws for what can go wrong.</summary>
public interface ITensorPlane
{
    /// <summary>Fills <paramref name="target"/>, which has exactly the tensor's length; what it holds is void unless done.</summary>
    PlaneOutcome Get(TensorName name, Memory<float> target);

    /// <summary>Brings a tensor; bringing it again changes nothing.</summary>
    PlaneOutcome Put(TensorName name, ReadOnlyMemory<float> values, string worker, GradientFigures figures);

    /// <summary>The spec of a run, or null when the server cannot be reached or has no such run.</summary>
    string? GetSpec(string run);
}

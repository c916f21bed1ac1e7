namespace ClusterTrain.Training.Transfer;

/// <summary>Named tensors of another run that weights may start from.</summary>
public interface ITensorSource
{
    /// <summary>Where they come from, as messages name it.</summary>
    string Path { get; }

    /// <summary>Names of all tensors that could be loaded.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>
    /// What the layers with weights are called, in their order, where names say nothing and the order counts; empty where names count.
    /// </summary>
    IReadOnlyList<string> Modules => [];

    /// <summary>Shape of a tensor, or null where there is none of this name.</summary>
    IReadOnlyList<int>? ShapeOf(string name);

    /// <summary>Why a tensor's elements cannot be taken as single-precision numbers, as a clause; null when they can.</summary>
    string? Unfit(string name);

    /// <summary>Elements of a tensor, row-major.</summary>
    ReadOnlyMemory<float> Values(string name);
}

/// <summary>What was to be loaded does not fit. The message is one line for the user.</summary>
public sealed class TransferException(string message) : Exception(message.ReplaceLineEndings(" "));

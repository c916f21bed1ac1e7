using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Sessions;

/// <summary>
/// A state as named tensors: weights under their own names, the optimizer's moments under <c>optimizer.0.</c> and
/// <c>optimizer.1.</c>, and, where batches are made a step ahead, the version before under <c>previous.</c>, and the mean of the weights, where there is
/// one, under <c>average.</c>.
/// </summary>
public static class StateTensors
{
    private const string Previous = "previous.";

    /// <summary>Prefix of the mean of the weights, where that is the model.</summary>
    public const string Average = "average.";

    /// <summary>What <c>stateHash</c> covers: weights, optimizer and mean, in the order of the layers.</summary>
    public static IReadOnlyList<NamedTensor<float>> Of(ModelState state)
    {
        List<NamedTensor<float>> tensors = [.. Named(state.Network, "", state.Parameters.Memory)];
        for (var moment = 0; moment < state.Moments.Count; moment++)
            tensors.AddRange(Named(state.Network, MomentPrefix(moment), state.Moments[moment].Memory));
        if (state.Average is { } average) tensors.AddRange(Named(state.Network, Average, average.Memory));
        return tensors;
    }

    /// <summary>What others need to use the model: weights without the optimizer, in the order of the layers.</summary>
    public static IReadOnlyList<NamedTensor<float>> OfModel(ModelState state) => [.. Named(state.Network, "", state.Served.Parameters)];

    /// <summary>SHA-256 of the whole state, lower-case hex.</summary>
    public static string Hash(ModelState state) => StateHasher.Hash(Of(state));

    /// <summary>What a checkpoint holds: all that the next step depends on.</summary>
    public static IReadOnlyList<NamedTensor<float>> ForCheckpoint(ModelState state, bool isPipelined) =>
        isPipelined ? [.. Of(state), .. Named(state.Network, Previous, state.Previous.Parameters)] : Of(state);

    /// <summary>The state that a checkpoint's tensors hold.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or has another shape than the network's.</exception>
    public static ModelState Restore(Network network, OptimizerRule rule, CheckpointContent content)
    {
        var byName = content.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var parameters = Buffer(network, "", byName, content.Step);
        var previous = byName.ContainsKey(Previous + network.Tensors[0].Name)
            ? Buffer(network, Previous, byName, content.Step) : parameters.Copy();
        var moments = Enumerable.Range(0, rule.Moments)
            .Select(moment => Buffer(network, MomentPrefix(moment), byName, content.Step)).ToArray();
        var average = byName.ContainsKey(Average + network.Tensors[0].Name) ? Buffer(network, Average, byName, content.Step) : null;
        return ModelState.Restore(network, content.Step, parameters, previous, moments, average);
    }

    private static string MomentPrefix(int moment) => $"optimizer.{moment}.";

    private static IEnumerable<NamedTensor<float>> Named(Network network, string prefix, ReadOnlyMemory<float> values) =>
        network.Tensors.Select(tensor => new NamedTensor<float>(
            prefix + tensor.Name, tensor.Shape, values.Slice(tensor.Offset, tensor.Length)));

    private static AlignedBuffer Buffer(
        Network network, string prefix, Dictionary<string, NamedTensor<float>> byName, long step)
    {
        var buffer = new AlignedBuffer(network.ParameterCount);
        foreach (var tensor in network.Tensors)
        {
            var name = prefix + tensor.Name;
            if (!byName.TryGetValue(name, out var stored) || !stored.Shape.SequenceEqual(tensor.Shape))
            {
                throw new CheckpointException(
                    $"step {step}: the checkpoint has no tensor {name} of shape [{string.Join(", ", tensor.Shape)}]");
            }

            stored.Data.Span.CopyTo(buffer.Span[tensor.Offset..]);
        }

        return buffer;
    }
}

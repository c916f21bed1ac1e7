using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Transfer;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.State;

/// <summary>
/// What training changes: the parameters at a version, the optimizer's moments and the mean of the weights. The version before stays readable
/// until the next commit, for adversarial batches that are made one step ahead.
/// </summary>
public sealed class ModelState
{
    private AlignedBuffer _spare;

    private ModelState(Network network, long version, AlignedBuffer parameters, AlignedBuffer previous, AlignedBuffer[] moments, AlignedBuffer? average)
    {
        Network = network;
        Version = version;
        Parameters = parameters;
        _spare = previous;
        Moments = moments;
        Average = average;
        Current = new ParameterSnapshot(version, parameters.Memory);
        Previous = new ParameterSnapshot(Math.Max(0, version - 1), previous.Memory);
    }

    public Network Network { get; }

    public long Version { get; private set; }

    public AlignedBuffer Parameters { get; private set; }

    /// <summary>Momentum, or Adam's two running means; empty for plain SGD.</summary>
    public IReadOnlyList<AlignedBuffer> Moments { get; }

    /// <summary>The mean of the weights that is the model, moved at every commit; null where the weights are.</summary>
    public AlignedBuffer? Average { get; }

    public ParameterSnapshot Current { get; private set; }

    /// <summary>What is measured, judged and handed over: the mean where there is one, else the parameters.</summary>
    public ParameterSnapshot Served => Average is null ? Current : new ParameterSnapshot(ParameterSnapshot.OfAverage(Version), Average.Memory);

    /// <summary>The parameters one version back; at version 0 they equal the current ones.</summary>
    public ParameterSnapshot Previous { get; private set; }

    /// <summary>Version 0: drawn parameters, those of loaded layers written over them, zero moments.</summary>
    public static ModelState Initial(Network network, OptimizerRule rule, long seed, LayerTransfer? transfer = null, bool averages = false)
    {
        var parameters = new AlignedBuffer(network.ParameterCount);
        Initialization.Fill(network, parameters.Span, seed);
        transfer?.Into(parameters.Span);
        return Restore(network, 0, parameters, parameters.Copy(), Moments0(network, rule), averages ? parameters.Copy() : null);
    }

    /// <summary>A state as it was; takes over the buffers.</summary>
    public static ModelState Restore(
        Network network, long version, AlignedBuffer parameters, AlignedBuffer previous, AlignedBuffer[] moments,
        AlignedBuffer? average = null) =>
        new(network, version, parameters, previous, moments, average);

    /// <summary>A deep copy, such as of the best state.</summary>
    public ModelState Copy() =>
        new(Network, Version, Parameters.Copy(), _spare.Copy(), [.. Moments.Select(moment => moment.Copy())], Average?.Copy());

    /// <summary>Where the next version's parameters are written; <see cref="Advance"/> makes them current.</summary>
    public Span<float> Next => _spare.Span;

    public void Advance()
    {
        (Parameters, _spare) = (_spare, Parameters);
        Version++;
        Previous = Current;
        Current = new ParameterSnapshot(Version, Parameters.Memory);
    }

    private static AlignedBuffer[] Moments0(Network network, OptimizerRule rule) =>
        [.. Enumerable.Range(0, rule.Moments).Select(_ => new AlignedBuffer(network.ParameterCount))];
}

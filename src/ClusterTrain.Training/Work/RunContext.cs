using ClusterTrain.Numerics.Products;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Training.Work;

/// <summary>What every executor of a run shares. Immutable but for the pools, which any thread may use.</summary>
public sealed class RunContext
{
    private readonly Func<IMatrixProducts> _products;

    /// <param name="spec">A validated spec.</param>
    /// <param name="data">Its data.</param>
    /// <param name="products">Makes the matrix products of one worker.</param>
    /// <param name="source">What <c>initialization.from</c> names; needed by who starts the run, not by workers.</param>
    /// <exception cref="TransferException">The layers to load do not fit the network.</exception>
    public RunContext(RunSpec spec, Dataset data, Func<IMatrixProducts> products, ITensorSource? source = null)
    {
        _products = products;
        Data = data;
        Plan = new RunPlan(spec, data, source);
        Order = new EpochOrder(Plan);
        Buffers = new WorkBuffers(Plan);
        Math = products().Identity;
    }

    public RunSpec Spec => Plan.Spec;

    public Dataset Data { get; }

    public RunPlan Plan { get; }

    public EpochOrder Order { get; }

    public WorkBuffers Buffers { get; }

    public MathIdentity Math { get; }

    public IMatrixProducts CreateProducts() => _products();

    public Examples Rows(Split split) => split switch
    {
        Split.Train => Data.Train,
        Split.Validation or Split.OneStep => Data.Validation,
        _ => Data.Test,
    };
}

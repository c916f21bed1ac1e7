using ClusterTrain.Numerics.Products;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>
/// From specs of members to what runs them. Data that many members share is loaded once; a bootstrap resample, which belongs
/// to one, each time. Any thread may use it.
/// </summary>
/// <param name="load">Loads the data of a spec, and checks it against the spec.</param>
/// <param name="products">Makes the matrix products of one worker.</param>
public sealed class StudyContexts(Func<RunSpec, Dataset> load, Func<RunSpec, Func<IMatrixProducts>> products)
{
    private readonly Dictionary<DataSpec, Lazy<Dataset>> _shared = [];

    /// <summary>The context of a member's training.</summary>
    public RunContext ToTrain(RunSpec spec) => new(spec, spec.Data.Bootstrap == 0 ? Shared(spec) : load(spec), products(spec));

    /// <summary>A context with the member's test rows, and whatever training rows are at hand.</summary>
    public RunContext ToTest(RunSpec spec) => new(spec, Shared(spec with { Data = spec.Data with { Bootstrap = 0 } }), products(spec));

    /// <summary>Trains members by an engine of this process.</summary>
    public IRunTrainer Trainer(IEngine engine) => new EngineTrainer((run, _) => ToTrain(run.Spec), engine);

    private Dataset Shared(RunSpec spec)
    {
        Lazy<Dataset>? data;
        lock (_shared)
        {
            if (!_shared.TryGetValue(spec.Data, out data))
                _shared[spec.Data] = data = new Lazy<Dataset>(() => load(spec));
        }

        return data.Value;
    }
}

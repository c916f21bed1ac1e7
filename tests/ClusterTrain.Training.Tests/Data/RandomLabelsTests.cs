using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Engines;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>Zhang et al. 2017: capacity is enough for labels that mean nothing, which teach nothing.</summary>
public sealed class RandomLabelsTests
{
    private static readonly DataSpec Random = new() { Train = 300, Validation = 10, Test = 1000, LabelNoise = 1 };

    [Fact]
    public void Training_OnRandomLabels_ReachesAllOfThemAndStaysAtChanceOnTest()
    {
        var end = Train(Random);

        Assert.Equal(1, end.Train.Accuracy);

        // Rows of a class resemble each other and so are wrong together: chance scatters more than 1,000 rows alone say.
        Assert.InRange(end.Test.Accuracy, 0.04, 0.18);
    }

    [Fact]
    public void Training_OnTrueLabels_IsFarAboveChanceOnTest()
    {
        var end = Train(Random with { LabelNoise = 0 });

        Assert.Equal(1, end.Train.Accuracy);
        Assert.InRange(end.Test.Accuracy, 0.5, 1);
    }

    private static ServerEffect.Completed Train(DataSpec data)
    {
        var spec = new RunSpec
        {
            Data = data,
            Epochs = 60,
            Network = new NetworkSpec
            {
                Layers = [new DenseLayer { Units = 512 }, new ReluLayer(), new DenseLayer { Units = 10 }],
            },
            Batch = new BatchSpec { Size = 50, Shards = 2 },
            Optimizer = new OptimizerSpec { Type = new AdamRule(), LearningRate = 0.002 },
            Evaluation = new EvaluationSpec { EveryEpochs = 60 },
        };
        var context = new RunContext(spec, DatasetLoader.Load(data, new DataLocations([])), () => new ManagedProducts());
        var observer = new RecordingObserver();
        new LocalEngine(new EngineOptions { Workers = 1 }, TimeProvider.System)
            .Run(EngineRun.Of(context, RunState.Initial(context.Plan)), observer, CancellationToken.None);
        return Assert.IsType<ServerEffect.Completed>(observer.Effects[^1]);
    }
}

using ClusterTrain.Cluster.Benchmarks;
using ClusterTrain.Training.Benchmarks;

namespace ClusterTrain.Cluster.Tests.Benchmarks;

public class PlaneBenchTests
{
    [Fact]
    public void Run_Once_GivesBothWaysBesideALimit()
    {
        var figures = PlaneBench.Run(new Sampler(TimeProvider.System, samples: 1, sampleSeconds: 0, windows: 0), TimeProvider.System).ToList();
        Assert.Equal(["plane down 8 MB", "plane up 8 MB"], figures.Select(figure => figure.Name));
        Assert.All(figures, figure =>
        {
            Assert.Equal("GB/s", figure.Unit);
            Assert.True(double.IsFinite(figure.Ratio) && figure is { Value: > 0, Limit: > 0 });
        });
    }
}

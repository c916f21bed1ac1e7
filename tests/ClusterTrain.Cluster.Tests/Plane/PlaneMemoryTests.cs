using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>Counts what the whole process takes: nothing else may run beside it.</summary>
[CollectionDefinition(nameof(PlaneMemoryTests), DisableParallelization = true)]
[Collection(nameof(PlaneMemoryTests))]
public class PlaneMemoryTests
{
    private const int Floats = 4 << 20;
    private const int Rounds = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SteadyState_BothWays_NoMemoryOfTheTensorsSize(bool isTls)
    {
        using var plane = new TestPlane(isTls, floats: Floats, mostBytes: 1 << 26);
        var (values, target) = (TestPlane.Values(1, Floats), new float[Floats]);
        void Round()
        {
            Assert.Equal(PlaneOutcome.Done, plane.Plane.Put(RecordingStore.Gradient(0), values, "w", default));
            Assert.Equal(PlaneOutcome.Done, plane.Plane.Get(RecordingStore.Whole, target));
        }

        // Client, server and store are all of this process: none of them may take it.
        for (var round = 0; round < Rounds; round++) Round();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var round = 0; round < Rounds; round++) Round();
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (2 * Rounds);
        Assert.True(each < sizeof(float) * Floats / 16, $"{each} bytes for each tensor of {sizeof(float) * Floats}");
    }
}

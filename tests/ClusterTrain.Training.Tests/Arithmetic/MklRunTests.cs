using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Backends;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Engines;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Arithmetic;

public sealed class MklRunTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("fused")]
    [InlineData("full-pipelined")]
    [InlineData("example-masks")]
    [InlineData("starved")]
    [InlineData("cnn")]
    [InlineData("cnn-full-pipelined")]
    public void Run_AnyNumberOfWorkers_ComesToTheSerialTrainersHash(string name)
    {
        var context = Context(name);
        var serial = StateTensors.Hash(new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model);
        foreach (var workers in (int[])[1, 2, 3])
        {
            var outcome = new LocalEngine(new EngineOptions { Workers = workers }, TimeProvider.System)
                .Run(EngineRun.Of(context, RunState.Initial(context.Plan)), new RecordingObserver(), CancellationToken.None);
            Assert.Equal(serial, StateTensors.Hash(outcome.Model));
        }
    }

    [Fact]
    public void Context_OfMkl_CarriesItsIdentity() => Assert.Equal("mkl", Context("plain").Math.Name);

    private static RunContext Context(string name)
    {
        try
        {
            return new RunContext(TinyRuns.Named(name), TinyRuns.Data, () => MathBackend.Mkl());
        }
        catch (MklMissingException)
        {
            Assert.Skip("MKL is not on this machine (Debian: libmkl-rt; or set MKLROOT).");
            throw;
        }
    }
}

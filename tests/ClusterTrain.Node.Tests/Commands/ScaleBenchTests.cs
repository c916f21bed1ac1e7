using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Commands;
using ClusterTrain.Node.Tests.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class ScaleBenchTests
{
    [Fact]
    public void Spec_OfEachWork_IsOneThatTrainTakes()
    {
        using var shell = new Shell();

        Assert.All(ScaleBench.Specs("managed"), spec =>
        {
            shell.Write("scale.yaml", spec);
            Assert.DoesNotContain("warning", shell.Run("check", "scale.yaml").Gives(ExitCode.Done).Error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Run_Stopped_StartsNothingMore()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => ScaleBench.Run("managed", stop.Token).Count());
    }

    [Fact]
    public void Bench_UnknownKind_NamesAllThereAre()
    {
        using var shell = new Shell();

        shell.Refuses(["bench", "scales"], ["scales", "gemm, step, reduce, plane, server, scale"]);
    }
}

using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Cli;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Backends;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class MathTests : IDisposable
{
    private const string NoMkl = "/nowhere/libmkl_rt.so";

    private readonly Shell _shell = new();

    public MathTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_MklWithoutMkl_SaysHowToGetItAndStartsNothing()
    {
        _shell.Variables["CLUSTERTRAIN_MKL"] = NoMkl;

        _shell.Refuses(
            ["train", "tiny.yaml", "--set", "math=mkl"],
            ["math: mkl needs", NoMkl, "libmkl-rt", "oneAPI", "MKLROOT", "math: managed needs nothing"]);
    }

    [Fact]
    public void Bench_Math_IsManagedOrMkl()
    {
        _shell.Variables["CLUSTERTRAIN_MKL"] = NoMkl;

        _shell.Refuses(["bench", "gemm", "--math", "mkl"], ["math: mkl needs", NoMkl]);
        _shell.Refuses(["bench", "gemm", "--math", "blas"], ["--math blas", "managed, mkl"]);
    }

    [Fact]
    public void Train_AutoWithoutMkl_SaysItPickedManagedAndResumesWithIt()
    {
        _shell.Variables["CLUSTERTRAIN_MKL"] = NoMkl;
        var whole = _shell.Train("whole");

        var first = _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--set", "math=auto", "--out", "parts").Gives(ExitCode.Interrupted);
        Assert.Contains(
            "math: auto picked managed (MKL is not on this machine). The state hash now depends on this choice.", first.OutLines);

        // Where it goes on, MKL may be there and faster.
        _shell.Variables.Clear();
        var second = _shell.Run("train", "--resume", "--out", "parts").Gives(ExitCode.Done);
        Assert.Contains("math: auto stays with managed, which the run was started with", second.OutLines);
        Assert.Equal(whole.StateHash, _shell.RunAt("parts").StateHash);
        Assert.Equal("managed", _shell.RunAt("parts").Summary().GetProperty("fingerprint").GetProperty("math").GetString());
        _shell.Run("verify", "parts").Gives(ExitCode.Done);
    }

    [Fact]
    public void ResumeAndVerify_OfOtherMath_AreRefusedByNameOfBoth()
    {
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "parts").Gives(ExitCode.Interrupted);
        Forgery.ChangeMath(_shell.RunAt("parts"), new MathIdentity("mkl", "2020.0.4 avx2", IsBitPortable: false));

        foreach (var command in (string[][])[["train", "--resume", "--out", "parts"], ["verify", "parts"]])
            _shell.Refuses(command, ["math mkl 2020.0.4 avx2", $"math {MathBackend.Managed().Identity}", "bits would differ"]);
    }
}

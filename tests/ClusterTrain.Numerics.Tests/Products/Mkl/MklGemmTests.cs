using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Backends;
using ClusterTrain.Numerics.Products.Mkl;

namespace ClusterTrain.Numerics.Tests.Products.Mkl;

public sealed class MklGemmTests
{
    [Fact]
    public void Identity_NamesVersionBranchAndBits()
    {
        var identity = MklHere.Gemm().Identity;

        Assert.Equal("mkl", identity.Name);
        Assert.False(identity.IsBitPortable);
        Assert.Matches("^[0-9.]+[^ ]* (avx2|auto|compatible)[^ ]* [0-9a-f]{8}$", identity.Version);
        Assert.Equal(identity, MathBackend.Mkl().Identity);
    }

    [Fact]
    public void KernelProbe_Again_IsTheSame() => Assert.Equal(KernelProbe.Of(MklHere.Gemm()), KernelProbe.Of(MklHere.Gemm()));

    [Fact]
    public void MaxThreads_IsOne_OnEveryThread()
    {
        if (MklHere.Gemm() is not MklGemm gemm)
        {
            Assert.Skip("This MKL came by another way than mkl_rt and cannot be asked.");
            return;
        }

        var elsewhere = 0;
        var thread = new Thread(() => elsewhere = gemm.MaxThreads);
        thread.Start();
        thread.Join();
        Assert.Equal((1, 1), (gemm.MaxThreads, elsewhere));
    }

    [Theory]
    [InlineData(
        "Intel(R) Math Kernel Library Version 2020.0.4 Product Build 20200917 for Intel(R) 64 architecture applications",
        "2020.0.4-20200917")]
    [InlineData(
        "Intel(R) oneAPI Math Kernel Library Version 2023.1-Product Build 20230303 for Intel(R) 64 architecture applications",
        "2023.1-20230303")]
    [InlineData("something else  entirely", "something-else-entirely")]
    public void Condense_KeepsVersionAndBuild(string sentence, string condensed) =>
        Assert.Equal(condensed, MklGemm.Condense(sentence));

    [Fact]
    public void Load_NoLibrary_SaysHowToGetIt()
    {
        var error = Assert.Throws<MklMissingException>(() =>
            NativeGemm.Load(name => name == MklLibrary.Variable ? "/nowhere/libmkl_rt.so" : null));

        Assert.Contains($"{MklLibrary.Variable}=/nowhere/libmkl_rt.so cannot be loaded", error.Message, StringComparison.Ordinal);
        foreach (var hint in (string[])["libmkl-rt", "oneAPI", "MKLROOT", "math: managed needs nothing"])
            Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_RootOfTheUser_ComesFirstAndTheLoadersOwnPathsBeforeTheUsualFolders()
    {
        var candidates = MklLibrary.Candidates(name => name == "MKLROOT" ? "/my/mkl" : null).ToList();

        Assert.StartsWith("/my/mkl/lib/", candidates[0], StringComparison.Ordinal);
        var last = candidates.FindLastIndex(name => name.StartsWith("/my/mkl/", StringComparison.Ordinal));
        Assert.All(candidates[..last], name => Assert.StartsWith("/my/mkl/", name, StringComparison.Ordinal));
        Assert.DoesNotContain('/', candidates[last + 1]);
        Assert.Contains('/', candidates[^1]);
    }

    [Fact]
    public void Candidates_NoRoot_BeginWithTheLoadersOwnPaths() =>
        Assert.DoesNotContain('/', MklLibrary.Candidates(_ => null).First());
}

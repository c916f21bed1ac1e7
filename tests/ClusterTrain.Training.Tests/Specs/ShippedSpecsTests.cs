using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class ShippedSpecsTests
{
    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder(), "*.yaml").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Shipped_EveryFile_LoadsWithoutAProblemUnderItsOwnName(string file)
    {
        var result = SpecLoader.Load(File.ReadAllText(Path.Combine(Folder(), file)), file);

        Assert.Empty(result.Problems.Select(problem => problem.ToString()));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), result.Spec!.Name);
    }

    [Fact]
    public void Quickstart_InTheProgram_IsTheShippedFile() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Folder(), "quickstart.yaml")), ShippedSpecs.Quickstart());

    private static string Folder() => Path.Combine(SpecText.Root(), "cluster-config", "runs");
}

using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Training.Tests.Golden;

public sealed class GoldenTensorsTests
{
    public static TheoryData<string> Cases => [.. GoldenTensors.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void GoldenTensors_EachCase_ReadsWithMetadata(string name)
    {
        var file = GoldenTensors.Open(name);
        Assert.NotEmpty(file.Tensors);
        Assert.NotEmpty(file.Metadata);
        foreach (var tensor in file.Tensors.OfType<NamedTensor<float>>())
            Assert.DoesNotContain(tensor.Data.ToArray(), value => !float.IsFinite(value));
    }

    [Fact]
    public void GoldenTensors_Mlp_HasTheShapesOfItsNetwork()
    {
        var file = GoldenTensors.Open("mlp");
        Assert.Equal("20-16-12-5 ReLU", file.Metadata["net"]);
        Assert.Equal([16, 20], file.Shape("0.weight"));
        Assert.Equal(16 * 20, file.Float32("0.weight").Length);
        Assert.All(file.Int64("y").ToArray(), label => Assert.InRange(label, 0, 4));
    }

    [Fact]
    public void GoldenTensors_BatchNorm_AgreesWithItsOwnFormula()
    {
        var file = GoldenTensors.Open("batchnorm");
        ReadOnlySpan<float> x = file.Float32("x"), gamma = file.Float32("gamma"), beta = file.Float32("beta");
        int rows = file.Shape("x")[0], columns = file.Shape("x")[1];
        var y = new float[x.Length];
        for (var column = 0; column < columns; column++)
        {
            double sum = 0, squares = 0;
            for (var row = 0; row < rows; row++)
                sum += x[(row * columns) + column];
            for (var row = 0; row < rows; row++)
                squares += Math.Pow(x[(row * columns) + column] - (sum / rows), 2);
            var factor = gamma[column] / Math.Sqrt((squares / rows) + 1e-5);
            for (var row = 0; row < rows; row++)
                y[(row * columns) + column] = (float)(((x[(row * columns) + column] - (sum / rows)) * factor) + beta[column]);
        }

        Agreement.ShouldAgree(y, file.Float32("y"));
    }

    [Fact]
    public void GoldenTensors_VariableNamesFolderWithoutTheFile_IsAnErrorNamingIt()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<FileNotFoundException>(
            () => GoldenTensors.Find("mlp", folder.FullPath, AppContext.BaseDirectory));
        Assert.Contains(folder.FullPath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GoldenTensors_NoVariable_PrefersTheFolderBesideTheCheckout()
    {
        using var folder = new TemporaryFolder();
        var checkout = Directory.CreateDirectory(folder["checkout"]).FullName;
        var copies = Directory.CreateDirectory(Path.Combine(checkout, "tests", "golden")).FullName;
        File.WriteAllText(Path.Combine(checkout, "ClusterTrain.sln"), "");
        File.WriteAllText(Path.Combine(copies, "mlp.safetensors"), "");
        Assert.Equal(Path.Combine(copies, "mlp.safetensors"), Path.GetFullPath(GoldenTensors.Find("mlp", null, copies)));

        var beside = Directory.CreateDirectory(folder[Path.Combine("shared", "reference")]).FullName;
        File.WriteAllText(Path.Combine(beside, "mlp.safetensors"), "");
        Assert.Equal(Path.Combine(beside, "mlp.safetensors"), Path.GetFullPath(GoldenTensors.Find("mlp", "", copies)));
    }

    [Theory]
    [InlineData(1.00002f, false)]
    [InlineData(1.000005f, true)]
    [InlineData(float.NaN, false)]
    public void ShouldAgree_OneElementOff_PassesWithinTheToleranceOnly(float value, bool agrees)
    {
        var error = Record.Exception(() => Agreement.ShouldAgree([1f, value, -1f], [1f, 1f, -1f]));
        Assert.Equal(agrees, error is null);
    }
}

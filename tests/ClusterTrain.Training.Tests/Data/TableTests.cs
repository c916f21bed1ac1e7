using System.Buffers.Binary;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>Rows of numbers: tables with ranges of their own, and pictures that are not bytes.</summary>
public sealed class TableTests : IDisposable
{
    private static readonly DataSpec Own = new() { Name = "own", Validation = 2 };
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_TwoSizes_IsATableWithARangeForEachColumn()
    {
        Write(columns: 3, (row, column) => (row * (column + 1)) - 5, [1, 2, 2, 7, 1, 7, 2, 1], [7, 1]);

        var data = Load(Own);

        Assert.Equal([3], data.InputShape);
        Assert.True(data.IsTable);
        Assert.Equal(["1", "2", "7"], data.ClassNames);
        Assert.Equal((byte[])[2, 0], data.Test.Labels);
        Assert.Equal([-5f, -5, -5], data.Range.Lowest);
        Assert.Equal([2f, 9, 16], data.Range.Highest);
        Assert.Equal([-4f, -3, -2], data.Test.Row(1));
    }

    [Fact]
    public void Load_ScaleUnit_BringsTrainingRowsTo01ByThemselvesAlone()
    {
        Write(columns: 2, (row, column) => column == 0 ? row : 4, [0, 1, 0, 1, 0, 1, 0, 1], [0, 1]);
        var plain = Load(Own);

        var scaled = Load(Own with { Scale = ScaleChoice.Unit });

        var (low, high) = Extent(plain);
        Assert.Equal((0f, 1f), Extent(scaled));
        Assert.Equal([low, 4d], scaled.Scaling!.Offset);
        Assert.Equal([high - low, 1d], scaled.Scaling.Divisor);
        for (var row = 0; row < plain.Validation.Rows; row++)
            Assert.Equal((plain.Validation.Row(row)[0] - low) / (high - low), scaled.Validation.Row(row)[0], 1e-6f);
        Assert.Equal(-low / (high - low), scaled.Range.Low(0), 1e-6f);
        Assert.NotEqual(plain.Hash, scaled.Hash);

        static (float Low, float High) Extent(Dataset data)
        {
            float[] firsts = [.. Enumerable.Range(0, data.Train.Rows).Select(row => data.Train.Row(row)[0])];
            return (firsts.Min(), firsts.Max());
        }
    }

    [Fact]
    public void Load_ScaleStandard_GivesTrainingRowsMean0AndDeviation1()
    {
        Write(columns: 2, (row, column) => (row * row) - (column * 100), [0, 1, 0, 1, 0, 1, 0, 1], [0, 1]);

        var data = Load(Own with { Scale = ScaleChoice.Standard });

        for (var column = 0; column < 2; column++)
        {
            double[] values = [.. Enumerable.Range(0, data.Train.Rows).Select(row => (double)data.Train.Row(row)[column])];
            Assert.Equal(0, values.Average(), 1e-6);
            Assert.Equal(1, values.Average(value => value * value), 1e-6);
        }
    }

    [Theory]
    [InlineData(1 / 255f)]
    [InlineData(1f)]
    public void Load_PicturesOfNumbersThatAreBytes_AreTheSameDataSetAsBytes(float unit)
    {
        Pictures("own", unit, isFloat: unit < 1, salt: 0);
        Pictures("bytes", 1, isFloat: null, salt: 0);

        Assert.Equal(Load(Own with { Name = "bytes" }).Hash, Load(Own).Hash);
        Assert.Equal(Load(Own with { Name = "bytes" }).Train.Inputs.Span, Load(Own).Train.Inputs.Span);
    }

    [Fact]
    public void Load_PicturesOutsideTheirRange_AreRefusedUntilTheyAreScaled()
    {
        Pictures("own", 0.1f, isFloat: true, salt: 0);

        var problem = Assert.Single(Assert.Throws<DataException>(() => Load(Own)).Problems);

        Assert.Contains("pictures have values from 0 to 25.5", problem, StringComparison.Ordinal);
        Assert.Contains("data.scale: unit", problem, StringComparison.Ordinal);
        var scaled = Load(Own with { Scale = ScaleChoice.Unit });
        Assert.True(scaled.Range.IsUnit);
        Assert.All(scaled.Test.Inputs.Span.ToArray(), value => Assert.InRange(value, 0f, 1f));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Load_ValueThatIsNoNumber_NamesFileRowAndColumn(float wrong)
    {
        Write(columns: 2, (row, column) => (row, column) == (5, 1) ? wrong : row, [0, 1, 0, 1, 0, 1, 0, 1], [0, 1]);

        Assert.Contains(
            "train-images.idx2-float: row 5, value 1: ", Assert.Single(Assert.Throws<DataException>(() => Load(Own)).Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 3, 3, 3, 3, 3, 3, 3, 3 }, "all labels are 3, two or more classes expected")]
    public void Load_OneClass_IsRefused(byte[] labels, string expected)
    {
        Write(columns: 2, (row, _) => row, labels, [3, 3]);

        Assert.Contains(expected, Assert.Single(Assert.Throws<DataException>(() => Load(Own)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TestLabelOutsideClassesWithGaps_NamesThem()
    {
        Write(columns: 2, (row, _) => row, [1, 5, 9, 1, 5, 9, 1, 5], [1, 4]);

        Assert.Contains(
            "row 1 has label 4, 1, 5, 9 expected", Assert.Single(Assert.Throws<DataException>(() => Load(Own)).Problems), StringComparison.Ordinal);
    }

    private Dataset Load(DataSpec spec) => DatasetLoader.Load(spec, new DataLocations([_folder.Path]));

    private void Write(int columns, Func<int, int, float> value, byte[] train, byte[] test)
    {
        Directory.CreateDirectory(_folder["own"]);
        foreach (var (name, labels) in new[] { ("train", train), ("t10k", test) })
        {
            File.WriteAllBytes(
                _folder["own", $"{name}-images.idx2-float"],
                IdxFiles.Encode(0x0D02, [labels.Length, columns], Floats(labels.Length * columns, i => value(i / columns, i % columns))));
            File.WriteAllBytes(_folder["own", $"{name}-labels-idx1-ubyte"], IdxFiles.Labels(labels));
        }
    }

    // 2 x 3 pixels of all brightnesses; bytes, integers or floats.
    private void Pictures(string folder, float unit, bool? isFloat, int salt)
    {
        Directory.CreateDirectory(_folder[folder]);
        foreach (var (name, count) in new[] { ("train", 43), ("t10k", 5) })
        {
            float Value(int i) => unit == 1 / 255f ? (i + salt) % 256 / 255f : (i + salt) % 256 * unit;
            var content = isFloat is null ? [.. Enumerable.Range(0, count * 6).Select(i => (byte)((i + salt) % 256))]
                : isFloat.Value ? Floats(count * 6, Value)
                : [.. Enumerable.Range(0, count * 6).SelectMany(i => new byte[] { 0, (byte)((i + salt) % 256) })];
            var type = isFloat is null ? 0x0803u : isFloat.Value ? 0x0D03u : 0x0B03u;
            File.WriteAllBytes(_folder[folder, $"{name}-images.idx3"], IdxFiles.Encode(type, [count, 2, 3], content));
            File.WriteAllBytes(_folder[folder, $"{name}-labels.idx1-ubyte"], IdxFiles.Labels(count, 2));
        }
    }

    private static byte[] Floats(int count, Func<int, float> value)
    {
        var bytes = new byte[4 * count];
        for (var i = 0; i < count; i++) BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(4 * i), value(i));
        return bytes;
    }
}

using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Pictures;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>The same rows through every format are the same data set and the same run.</summary>
public sealed class OwnFormatsTests(OwnFiles files) : IClassFixture<OwnFiles>
{
    [Theory]
    [InlineData("grey-npz", "grey-npz-compressed", "")]
    [InlineData("grey-npz", "grey-npz-int64", "")]
    [InlineData("grey-npz", "grey-npz-float32", "")]
    [InlineData("grey-npz", "grey-npz-fortran", "")]
    [InlineData("grey-npz", "grey-npz-channel", "")]
    [InlineData("grey-npz", "grey-npz-names", "apple, pear, plüm tree")]
    [InlineData("grey-npz", "grey-npz-gaps", "3, 5, 90")]
    [InlineData("grey-npz", "grey-npy", "")]
    [InlineData("grey-npz", "grey-idx", "")]
    [InlineData("grey-npz", "grey-idx-gz", "")]
    [InlineData("grey-npz", "grey-idx-members", "4, 5, 6")]
    [InlineData("grey-npz", "grey-idx-float", "")]
    [InlineData("grey-npz", "grey-png", "apple, pear, plüm tree")]
    [InlineData("colour-npz-last", "colour-npz-first", "")]
    [InlineData("colour-npz-last", "colour-idx", "")]
    [InlineData("colour-npz-last", "colour-png", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-npz-float64", "")]
    [InlineData("table-npz-float32", "table-idx", "")]
    [InlineData("table-npz-float32", "table-csv", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-csv-bom", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-csv-utf16", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-csv-plain", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-csv-quoted", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-csv-pandas", "apple, pear, plüm tree")]
    [InlineData("table-npz-float32", "table-csv-gz", "1, 2, 7")]
    [InlineData("table-npz-float32", "table-tsv", "apple, pear, plüm tree")]
    public void Load_SameRowsInAnotherFormat_IsTheSameDataSet(string first, string second, string names)
    {
        var (one, other) = (Load(first), Load(second));

        Assert.Equal((24 - 4, 4, 9, 3), (other.Train.Rows, other.Validation.Rows, other.Test.Rows, other.Classes));
        Assert.Equal(one.Hash, other.Hash);
        Assert.Equal(one.Train.Inputs.Span, other.Train.Inputs.Span);
        Assert.Equal(one.Test.Labels, other.Test.Labels);
        Assert.Equal(one.Range.Highest, other.Range.Highest);
        Assert.Equal(names, string.Join(", ", other.ClassNames));
    }

    [Theory]
    [InlineData("grey-npz-float32", "grey-png")]
    [InlineData("table-npz-float64", "table-csv-pandas")]
    public void Train_SameRowsInAnotherFormat_EndsInTheSameState(string first, string second) =>
        Assert.Equal(StateOf(first), StateOf(second));

    [Fact]
    public void Load_FilesOfAnotherProgram_HaveTheValuesThatItWrote()
    {
        var (grey, colour, table) = (Load("grey-npz"), Load("colour-png"), Load("table-csv"));

        Assert.Equal([1, 5, 6], grey.InputShape);
        Assert.Equal([59 / 255f, 88 / 255f, 86 / 255f], grey.Test.Row(0)[..3]);
        Assert.Equal([3, 5, 6], colour.InputShape);
        Assert.Equal([68 / 255f, 46 / 255f, 210 / 255f], colour.Test.Row(0)[..3]);
        Assert.Equal(129 / 255f, colour.Test.Row(0)[30]);
        Assert.Equal([4], table.InputShape);
        Assert.Equal([-33.546875f, 32.484375f, -8.265625f, 15.875f], table.Test.Row(1));
    }

    [Fact]
    public void Read_Jpegs_AreWithinRoundingOfWhatLibjpegMakesOfThem()
    {
        var decoded = File.ReadAllBytes(files["photos-decoded", "x.npy"])[^(6 * 40 * 48 * 3)..];
        for (var i = 0; i < 6; i++)
        {
            var picture = PictureFile.Read(files["photos", i < 3 ? "low" : "high", $"{i}.jpg"]);
            Assert.Equal((3, 40, 48), (picture.Channels, picture.Height, picture.Width));
            var (sum, most) = (0.0, 0);
            for (var pixel = 0; pixel < 40 * 48; pixel++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var apart = Math.Abs(decoded[(((i * 40 * 48) + pixel) * 3) + channel] - picture.Bytes[(channel * 40 * 48) + pixel]);
                    (sum, most) = (sum + apart, Math.Max(most, apart));
                }
            }

            Assert.True(sum / (40 * 48 * 3) < 1 && most <= 12, $"picture {i}: {sum / (40 * 48 * 3)} apart on average, {most} at most");
        }
    }

    [Fact]
    public void Load_NoTestFolder_DrawsTheSameShareOfEachClassAlways()
    {
        var data = Load("photos", validation: 1);

        Assert.Equal((3, 1, 2), (data.Train.Rows, data.Validation.Rows, data.Test.Rows));
        Assert.Equal([0, 1], data.Test.Labels);
        Assert.Equal(["high", "low"], data.ClassNames);
        Assert.Equal(data.Hash, Load("photos", validation: 1).Hash);
    }

    private string StateOf(string name)
    {
        var spec = TinyRuns.Fused with
        {
            Data = new DataSpec { Name = name, Validation = 4 },
            Network = new NetworkSpec { Layers = [new DenseLayer { Units = 6 }, new DenseLayer { Units = 3 }] },
            Batch = new BatchSpec { Size = 8, Shards = 2 },
            Evaluation = new EvaluationSpec(),
        };
        var context = new RunContext(spec, Load(name), () => new ManagedProducts());
        return StateBits.Of(new SerialTrainer(context).Train(RunState.Initial(context.Plan)));
    }

    private Dataset Load(string name, int validation = 4) =>
        DatasetLoader.Load(new DataSpec { Name = name, Validation = validation }, new DataLocations([files.FullPath]));
}

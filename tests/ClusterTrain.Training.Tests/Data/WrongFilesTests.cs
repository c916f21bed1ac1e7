using System.Text;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Pictures;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>Files that cannot be read: one line with the file, the place and what to do.</summary>
public sealed class WrongFilesTests(OwnFiles files) : IClassFixture<OwnFiles>, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b,y\n1,2,x\n1,,z\n", "line 3, column b: a missing cell")]
    [InlineData("a,b,y\n1,2,x\n1,2,\n", "line 3, column y: a missing cell")]
    [InlineData("a,b,y\n1,2,x\n1,NaN,z\n", "line 3, column b: NaN is no finite")]
    [InlineData("a,b,y\n1,2,x\n1,1e99,z\n", "line 3, column b: 1e99 is no finite")]
    [InlineData("a,b,y\n1,2,x\n1,red,z\n", "line 3, column b: 'red' is no number")]
    [InlineData("1,2,x\n1,red,z\n", "line 2, column 2: 'red' is no number")]
    [InlineData("a,b,y\n1,2,x\n1,2\n", "line 3 has 2 cells, 3 expected")]
    [InlineData("a,b,y\n1,2,x\n1,\"2,z\n1,2,z\n", "has 2 cells, 3 expected")]
    [InlineData("a,b,y\n1,2,x\n1,2,x\n", "all labels are x, two or more classes expected")]
    [InlineData("a,b,y\n1,2,0.5\n1,2,1.5\n1,3,0.5\n1,4,1.5\n", "0.5, a whole number or a name expected")]
    [InlineData("one\ntwo\n", "line 1 has one cell")]
    [InlineData("a,b,y\n", "one row alone")]
    [InlineData("", "empty")]
    [InlineData("\n\n\n", "empty")]
    [InlineData("<!doctype html><html></html>", "web page")]
    public void Load_WrongTable_NamesFilePlaceAndCure(string text, string expected)
    {
        Write("own", "data.csv", Encoding.UTF8.GetBytes(text));

        var problem = Fails("own");

        Assert.StartsWith(_folder["own", "data.csv"], problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void Load_MoreLabelsThanClasses_SaysThatThereIsNoRegression()
    {
        Write("own", "data.csv", Encoding.UTF8.GetBytes("a,y\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i},{i / 2}\n"))));

        Assert.Contains("300 different labels, 256 classes at most; classes are learned here, not quantities", Fails("own"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("label: price\n", "no column 'price'", "there are a, b, y")]
    [InlineData("label: 7\n", "no column '7'", "there are")]
    [InlineData("labl: a\n", "labl", "label")]
    [InlineData("size: [3]\n", "size has 1 numbers", "[32, 32]")]
    [InlineData("separator: abc\n", "separator is 'abc'", "one character")]
    [InlineData("a: [\n", "not readable as YAML", "")]
    public void Load_WrongSettings_SayWhatIsAllowed(string settings, string expected, string allowed)
    {
        Write("own", "data.csv", "a,b,y\n1,2,x\n1,2,z\n1,2,x\n1,2,z\n"u8.ToArray());
        Write("own", FolderSettings.FileName, Encoding.UTF8.GetBytes(settings));

        var problem = Fails("own");

        Assert.Contains(FolderSettings.FileName, problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Contains(allowed, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("label: b\nheader: yes\n")]
    [InlineData("label: 2\n")]
    [InlineData("label: -1\n")]
    public void Load_LabelColumn_IsFoundByNameOrPlace(string settings)
    {
        var last = settings.Contains('-', StringComparison.Ordinal);
        Write("own", "data.csv", Encoding.UTF8.GetBytes(last ? "a,y,b\n1,5,x\n2,5,z\n3,6,x\n4,6,z\n" : "a,b,c\n1,x,5\n2,z,5\n3,x,6\n4,z,6\n"));
        Write("own", FolderSettings.FileName, Encoding.UTF8.GetBytes(settings));

        var data = Load("own");

        Assert.Equal(["x", "z"], data.ClassNames);
        Assert.Equal([1f, 5], data.Range.Lowest);
    }

    [Theory]
    [InlineData("train.csv", "a,b,y\n1,2,x\n1,2,z\n", "test.csv", "b,a,y\n1,2,x\n", "columns b, a, a, b expected")]
    [InlineData("train.csv", "a,b,y\n1,2,x\n1,2,z\n", "test.csv", "a,b,y\n1,2,x\n3,4,w\n", "line 3 has label w, x, z expected")]
    [InlineData("one.csv", "a,y\n1,x\n", "two.csv", "a,y\n1,x\n", "train.csv and test.csv, or one file")]
    public void Load_TwoTablesThatDoNotFit_SaysHow(string first, string one, string second, string two, string expected)
    {
        Write("own", first, Encoding.UTF8.GetBytes(one));
        Write("own", second, Encoding.UTF8.GetBytes(two));

        Assert.Contains(expected, Fails("own"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x_train.npy", "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", "Python objects")]
    [InlineData("x_train.npy", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2), }", "not of records")]
    [InlineData("x_train.npy", "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", "elements of type <c8 in sizes (2 x 2), numbers expected")]
    [InlineData("x_train.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "two or more sizes expected")]
    [InlineData("x_train.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", "empty")]
    [InlineData("x_train.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 60000), }", "more than the")]
    [InlineData("x_train.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 2), }", "9999999999, which is no number")]
    [InlineData("x_train.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "truncated")]
    [InlineData("y_train.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "y.argmax(1)")]
    public void Load_WrongArray_SaysWhatIsExpected(string name, string header, string expected)
    {
        Copy("table-npz-float32", "own");
        File.Delete(_folder["own", "data.npz"]);
        var array = Npy(header);
        foreach (var other in new[] { "x_train.npy", "y_train.npy" }) Write("own", other, array);

        var problem = Fails("own");

        Assert.Contains(expected, name[0] == 'x' ? problem : FailsAsLabels(array), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void Load_ArraysMissing_NamesThem()
    {
        Copy("grey-npy", "own");
        File.Delete(_folder["own", "y_test.npy"]);

        Assert.Contains("missing y_test", Fails("own"), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ChannelsThatBothEndsCouldBe_AsksForThem()
    {
        Write("own", "x.npy", [.. Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3, 2, 3), }"), .. new byte[72]]);
        Write("own", "y.npy", [.. Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"), 0, 1, 0, 1]);

        Assert.Contains("write channels: first or channels: last", Fails("own"), StringComparison.Ordinal);
        Write("own", FolderSettings.FileName, "channels: last"u8.ToArray());
        Assert.Equal([3, 3, 2], Load("own").InputShape);
    }

    [Fact]
    public void Load_PicturesOfTwoSizes_AreRefusedUntilASizeIsGiven()
    {
        Copy("grey-png", "own");
        File.Copy(files["colour-png", "test", "pear", "03.png"], _folder["own", "test", "pear", "00.png"]);
        File.Copy(files["photos", "low", "0.jpg"], _folder["own", "test", "apple", "zebra.jpg"]);

        var problem = Fails("own");

        Assert.Contains("zebra.jpg: 40 x 48 pixels, 5 x 6 expected as in", problem, StringComparison.Ordinal);
        Assert.Contains("write size: [height, width]", problem, StringComparison.Ordinal);
        Write("own", FolderSettings.FileName, "size: [4, 4]"u8.ToArray());
        Assert.Equal([3, 4, 4], Load("own").InputShape);
    }

    [Theory]
    [InlineData("00.png", "<html>", "neither PNG nor JPEG; it is a web page")]
    [InlineData("00.png", "", "neither PNG nor JPEG")]
    [InlineData("00.gif", "GIF89a", "neither PNG nor JPEG: convert it")]
    public void Load_FileThatIsNoPicture_SaysWhatItIs(string name, string content, string expected)
    {
        Copy("grey-png", "own");
        Write(Path.Combine("own", "train", "pear"), name, Encoding.UTF8.GetBytes(content));

        Assert.Contains($"{name}: {expected}", Fails("own"), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ClassFolderWithoutPictures_NamesIt()
    {
        Copy("grey-png", "own");
        Directory.CreateDirectory(_folder["own", "train", "quince"]);

        Assert.Contains("quince: a class without pictures", Fails("own"), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TestClassThatTrainingDoesNotHave_NamesTheFile()
    {
        Copy("grey-png", "own");
        Directory.Move(_folder["own", "test", "pear"], _folder["own", "test", "quince"]);

        var problem = Fails("own");

        Assert.Contains("has label quince, apple, pear, plüm tree expected", problem, StringComparison.Ordinal);
        Assert.Contains(".PNG", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Resized_AnySides_IsTheMeanOfWhatEachPixelCovers()
    {
        var picture = new Picture("", 1, 2, 3, [0, 30, 60, 90, 120, 151]);

        Assert.Equal([75], picture.Resized(1, 1).Bytes);
        Assert.Equal([10, 50, 100, 141], picture.Resized(2, 2).Bytes);
        Assert.Equal(picture.Bytes.SelectMany(b => new[] { b, b }), Enumerable.Range(0, 2).SelectMany(row => picture.Resized(4, 6).Bytes.AsSpan(row * 12, 6).ToArray()));
    }

    [Fact]
    public void Read_AnyFileCutAnywhere_IsRefused()
    {
        foreach (var (folder, name) in new[] { ("grey-png", Path.Combine("test", "pear", "Bild 03.PNG")), ("photos", Path.Combine("low", "0.jpg")), ("photos", Path.Combine("high", "3.jpg")) })
        {
            var whole = File.ReadAllBytes(files[folder, name]);
            for (var length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 97))
            {
                Write("cut", "file", whole[..length]);
                Assert.Throws<DataException>(() => PictureFile.Read(_folder["cut", "file"]));
            }
        }
    }

    private static byte[] Npy(string header)
    {
        var text = header.PadRight(117) + '\n';
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text)];
    }

    private static string FailsAsLabels(byte[] array) => Assert.Single(Assert.Throws<DataException>(
        () => Training.Data.Numpy.NpyReader.ReadLabels("y.npy", new MemoryStream(array), array.Length)).Problems);

    private void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(files[from], "*", SearchOption.AllDirectories))
        {
            var target = _folder[to, Path.GetRelativePath(files[from], path)];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    private void Write(string folder, string name, byte[] content)
    {
        Directory.CreateDirectory(_folder[folder]);
        File.WriteAllBytes(_folder[folder, name], content);
    }

    private Dataset Load(string name) =>
        DatasetLoader.Load(new DataSpec { Name = name, Validation = 1 }, new DataLocations([_folder.Path]));

    private string Fails(string name) => Assert.Throws<DataException>(() => Load(name)).Problems[0];
}

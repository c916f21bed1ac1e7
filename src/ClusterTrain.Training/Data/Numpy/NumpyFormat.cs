using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Numpy;

/// <summary>
/// NumPy arrays x_train, y_train, x_test and y_test in an NPZ archive or in NPY files; x and y alone are split. Rows of two or
/// three sizes are pictures, of one size a table.
/// </summary>
internal sealed class NumpyFormat : IDataFormat
{
    private static readonly string[] Halves = ["x_train", "y_train", "x_test", "y_test"];
    private static readonly string[] Whole = ["x", "y"];

    public string Name => "NumPy";

    public string Files => "an .npz file or .npy files with x_train, y_train, x_test, y_test, or with x and y";

    public IReadOnlyList<KnownDataset> Known => [];

    public bool Recognizes(string folder) => new NumpyFiles(folder).HasAny([.. Halves, .. Whole]);

    public DatasetSource Read(string folder, KnownDataset? known)
    {
        var settings = FolderSettings.Of(folder);
        var arrays = new NumpyFiles(folder).Read<object>([.. Halves, .. Whole], (name, path, stream, most) => name[0] == 'x'
            ? ChannelsFirst(NpyReader.ReadRows(path, stream, most), settings.Channels)
            : NpyReader.ReadLabels(path, stream, most));
        FoundRows Rows(string rows, string labels) => new((NumberArray)arrays[rows], (FoundLabels)arrays[labels]);
        var names = Names(folder, arrays.Keys);
        var (train, test) = names.Length == 4
            ? (Rows("x_train", "y_train"), Rows("x_test", "y_test"))
            : HeldOut.Draw(Rows(names[0], names[1]), settings);
        return FoundRows.Combine(train, test);
    }

    // Headers only: content is checked when it is read.
    public DatasetSize Measure(string folder, KnownDataset? known)
    {
        var settings = FolderSettings.Of(folder);
        var sizes = new NumpyFiles(folder).Read([.. Halves, .. Whole], (_, path, stream, _) => (Path: path, Sizes: NpyReader.ReadSizes(path, stream)));
        var names = Names(folder, sizes.Keys);
        var rows = sizes[names[0]];
        var shape = FoundRows.ShapeOf(First(rows.Path, rows.Sizes, settings.Channels) ? [.. rows.Sizes.Skip(1)] : [rows.Sizes[3], rows.Sizes[1], rows.Sizes[2]]);
        return names.Length == 4
            ? new DatasetSize(rows.Sizes[0], sizes["x_test"].Sizes[0], shape, Classes: null)
            : new DatasetSize(rows.Sizes[0], 0, shape, Classes: null, Note: $"{settings.TestShare:0.##} of each class test");
    }

    // The arrays that there are: all four halves, or two that are split.
    private static string[] Names(string folder, ICollection<string> there)
    {
        if (Halves.All(there.Contains)) return Halves;
        if (Whole.All(there.Contains)) return Whole;
        if (Halves[..2].All(there.Contains) && !there.Contains("x_test") && !there.Contains("y_test")) return Halves[..2];
        var wanted = there.Any(name => name.Length > 1) || there.Count == 0 ? Halves : Whole;
        throw new DataException($"{folder}: missing {string.Join(", ", wanted.Except(there, StringComparer.Ordinal))} (arrays of an .npz file, or .npy files)");
    }

    private static NumberArray ChannelsFirst(NumberArray array, ChannelChoice choice)
    {
        if (First(array.Path, array.Sizes, choice)) return array;
        var (height, width, channels) = (array.Sizes[1], array.Sizes[2], array.Sizes[3]);
        return array with { Sizes = [array.Rows, channels, height, width], Bytes = Turned(array.Bytes), Floats = Turned(array.Floats) };

        T[]? Turned<T>(T[]? from)
        {
            if (from is null) return null;
            var (turned, area) = (new T[from.Length], height * width);
            for (var row = 0; row < from.Length; row += area * channels)
                for (var pixel = 0; pixel < area; pixel++)
                    for (var channel = 0; channel < channels; channel++)
                        turned[row + (channel * area) + pixel] = from[row + (pixel * channels) + channel];
            return turned;
        }
    }

    // Whether the channels are where they should be: said, or seen where one place alone can be theirs.
    private static bool First(string path, IReadOnlyList<int> sizes, ChannelChoice choice)
    {
        if (sizes.Count != 4 || choice == ChannelChoice.First) return true;
        if (choice == ChannelChoice.Last) return false;
        var (first, last) = (sizes[1] is 1 or 3 or 4, sizes[3] is 1 or 3 or 4);
        return first != last
            ? first
            : throw new DataException(
                $"{path}: sizes ({string.Join(" x ", sizes)}) do not show where the channels are: write channels: first or channels: last into {FolderSettings.FileName}");
    }
}

using System.Buffers.Binary;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Conversion;

/// <summary>Writes the four files of an IDX data set: bytes, or floats; labels as the numbers they were, or their class indices where they were names.</summary>
internal static class IdxWriter
{
    private const byte Bytes = 0x08;
    private const byte Ints = 0x0C;
    private const byte Floats = 0x0D;

    public static void Write(DatasetSource source, string folder)
    {
        WriteHalf(source, source.Train, Path.Combine(folder, IdxFileNames.TrainImages), Path.Combine(folder, IdxFileNames.TrainLabels));
        WriteHalf(source, source.Test, Path.Combine(folder, IdxFileNames.TestImages), Path.Combine(folder, IdxFileNames.TestLabels));
    }

    private static void WriteHalf(DatasetSource source, LabelledRows half, string rowsPath, string labelsPath)
    {
        var sizes = DataConversion.Sizes(source, half);
        using (var stream = File.Create(NameFor(rowsPath, half.AreBytes ? Bytes : Floats, sizes.Length)))
        {
            Header(stream, half.AreBytes ? Bytes : Floats, sizes);
            DataConversion.Blocks(source, half, bytes => stream.Write(bytes), floats =>
            {
                var bytes = new byte[sizeof(float) * floats.Length];
                for (var i = 0; i < floats.Length; i++) BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(sizeof(float) * i), floats[i]);
                stream.Write(bytes);
            });
        }

        var numbers = DataConversion.Numbers(source);
        if (numbers is null || numbers.Any(number => number is < int.MinValue or > int.MaxValue))
            numbers = [.. Enumerable.Range(0, source.Classes).Select(index => (long)index)];
        var type = numbers.All(number => number is >= 0 and <= 255) ? Bytes : Ints;
        using var labels = File.Create(NameFor(labelsPath, type, 1));
        Header(labels, type, [half.Rows]);
        var one = new byte[sizeof(int)];
        for (var row = 0; row < half.Rows; row++)
        {
            BinaryPrimitives.WriteInt32BigEndian(one, (int)numbers[half.Label(row)]);
            labels.Write(type == Bytes ? one.AsSpan(3) : one);
        }
    }

    // The name says rank and type, as the format's habit is.
    private static string NameFor(string path, byte type, int rank) =>
        $"{path[..path.IndexOf("-idx", StringComparison.Ordinal)]}-idx{rank}-{type switch { Bytes => "ubyte", Ints => "int", _ => "float" }}";

    private static void Header(Stream stream, byte type, int[] sizes)
    {
        stream.Write([0, 0, type, (byte)sizes.Length]);
        var bytes = new byte[sizeof(int)];
        foreach (var size in sizes)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes, size);
            stream.Write(bytes);
        }
    }
}

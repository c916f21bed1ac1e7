using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Conversion;

/// <summary>Writes <c>data.npz</c> with x_train, y_train, x_test and y_test as NumPy loads it; labels keep the names or numbers they had.</summary>
internal static class NpzWriter
{
    // Where the elements begin, as NumPy itself aligns them.
    private const int Alignment = 64;

    public static void Write(DatasetSource source, string folder)
    {
        using (var file = File.Create(Path.Combine(folder, "data.npz")))
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            foreach (var (name, half) in new[] { ("train", source.Train), ("test", source.Test) })
            {
                WriteRows(zip, $"x_{name}.npy", source, half);
                WriteLabels(zip, $"y_{name}.npy", source, half);
            }
        }

        if (source.Shape is [> 1, _, _]) File.WriteAllText(Path.Combine(folder, FolderSettings.FileName), "channels: first\n");
    }

    private static void WriteRows(ZipArchive zip, string name, DatasetSource source, LabelledRows half)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        Header(stream, half.AreBytes ? "|u1" : "<f4", DataConversion.Sizes(source, half));
        DataConversion.Blocks(source, half, bytes => stream.Write(bytes), floats => stream.Write(MemoryMarshal.AsBytes<float>(floats)));
    }

    private static void WriteLabels(ZipArchive zip, string name, DatasetSource source, LabelledRows half)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        if (DataConversion.Numbers(source) is { } numbers)
        {
            Header(stream, "<i8", [half.Rows]);
            for (var row = 0; row < half.Rows; row++) stream.Write(BitConverter.GetBytes(numbers[half.Label(row)]));
            return;
        }

        var encoding = new UTF32Encoding(bigEndian: false, byteOrderMark: false);
        byte[][] names = [.. source.ClassNames.Select(encoding.GetBytes)];
        var longest = names.Max(text => text.Length);
        Header(stream, $"<U{longest / 4}", [half.Rows]);
        for (var row = 0; row < half.Rows; row++)
        {
            var text = names[half.Label(row)];
            stream.Write(text);
            stream.Write(new byte[longest - text.Length]);
        }
    }

    private static void Header(Stream stream, string type, int[] sizes)
    {
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(", ", sizes)}{(sizes.Length == 1 ? "," : "")}), }}";
        const int before = 10;
        var length = ((before + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - before;
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(length - 1) + '\n'));
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Idx;

namespace ClusterTrain.Testing;

/// <summary>Writes IDX files by the letter of the format, independently of the reader.</summary>
public static class IdxFiles
{
    public static byte[] Images(int count, int height, int width, int salt = 0) =>
        Encode(
            0x803, [count, height, width],
            [.. Enumerable.Range(0, count * height * width).Select(i => (byte)((i * 7) + salt))]);

    public static byte[] Labels(params byte[] labels) => Encode(0x801, [labels.Length], labels);

    public static byte[] Labels(int count, int classes) =>
        Labels([.. Enumerable.Range(0, count).Select(i => (byte)(i % classes))]);

    public static byte[] Encode(uint magic, int[] sizes, byte[] content)
    {
        var bytes = new byte[4 + (4 * sizes.Length) + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, magic);
        for (var i = 0; i < sizes.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * i)), sizes[i]);
        content.CopyTo(bytes, 4 + (4 * sizes.Length));
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A folder with 60 training and 20 test images of 4 x 5 pixels in three classes.</summary>
    public static void WriteFolder(string folder, bool gzip = false, int salt = 0)
    {
        Directory.CreateDirectory(folder);
        Write(IdxFileNames.TrainImages, Images(60, 4, 5, salt));
        Write(IdxFileNames.TrainLabels, Labels(60, 3));
        Write(IdxFileNames.TestImages, Images(20, 4, 5, salt + 1));
        Write(IdxFileNames.TestLabels, Labels(20, 3));

        void Write(string name, byte[] bytes) =>
            File.WriteAllBytes(Path.Combine(folder, gzip ? name + ".gz" : name), gzip ? Gzip(bytes) : bytes);
    }

    /// <summary>The same with pictures of three colours: an IDX file of rank 4.</summary>
    public static void WriteColourFolder(string folder, int height, int width)
    {
        WriteFolder(folder);
        foreach (var (name, count) in new[] { (IdxFileNames.TrainImages, 60), (IdxFileNames.TestImages, 20) })
        {
            byte[] pixels = [.. Enumerable.Range(0, count * 3 * height * width).Select(i => (byte)((i * 7) + count))];
            File.WriteAllBytes(Path.Combine(folder, name), Encode(0x804, [count, 3, height, width], pixels));
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Caching;

/// <summary>
/// Rows as a file: a mark, the lengths of its five parts (int64, little-endian), the parts (what the data set is; labels and rows of
/// training and test file, bytes or float32 as in memory), and the SHA-256 of all that.
/// </summary>
internal static class StoredRows
{
    private const int Parts = 5;
    private const int BlockRows = 4096;

    /// <summary>A part is read in one piece.</summary>
    private const long MostPart = 1L << 30;

    private static readonly byte[] Mark = "clustertrain rows 1\n"u8.ToArray();

    private static int HeaderLength => Mark.Length + (Parts * sizeof(long));

    /// <summary>Bytes of a data set's file, or null where it is too large for one.</summary>
    public static long? Length(DatasetSource source) =>
        new[] { source.Train, source.Test }.All(half => RowBytes(half, source.Features) <= MostPart)
            ? HeaderLength + source.Train.Rows + source.Test.Rows + RowBytes(source.Train, source.Features) + RowBytes(source.Test, source.Features) : null;

    /// <param name="key">What the rows were read from and by what.</param>
    public static void Write(Stream stream, string key, DatasetSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var about = About(key, source);
        var lengths = new[]
        {
            about.Length, source.Train.Rows, source.Test.Rows, RowBytes(source.Train, source.Features), RowBytes(source.Test, source.Features),
        };
        Put(Mark);
        var number = new byte[sizeof(long)];
        foreach (var length in lengths)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, length);
            Put(number);
        }

        Put(about);
        foreach (var half in new[] { source.Train, source.Test }) Put([.. Enumerable.Range(0, half.Rows).Select(half.Label)]);
        foreach (var half in new[] { source.Train, source.Test })
        {
            if (!half.AreBytes) Put(MemoryMarshal.AsBytes(half.AllValues));
            for (var first = 0; half.AreBytes && first < half.Rows; first += BlockRows)
                Put(half.Pixels([.. Enumerable.Range(first, Math.Min(BlockRows, half.Rows - first))]));
        }

        stream.Write(hash.GetHashAndReset());

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
    }

    /// <summary>The rows of a file with that key; null when it has another one.</summary>
    /// <exception cref="InvalidDataException">It is damaged, cut off, or something else.</exception>
    public static DatasetSource? Read(Stream stream, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (stream.Length < HeaderLength + SHA256.HashSizeInBytes) throw new InvalidDataException("too short");
        if (!Take(Mark.Length).AsSpan().SequenceEqual(Mark)) throw new InvalidDataException("something else");
        var lengths = new long[Parts];
        for (var i = 0; i < Parts; i++) lengths[i] = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        // Before memory is taken: no part is longer than the file.
        if (lengths.Any(length => length is < 0 or > MostPart) || stream.Length != HeaderLength + lengths.Sum() + SHA256.HashSizeInBytes)
            throw new InvalidDataException("of another length than it says");
        var about = Take(lengths[0]);
        using var reader = new BinaryReader(new MemoryStream(about));
        if (reader.ReadString() != key) return null;
        var (trainLabels, testLabels) = (Take(lengths[1]), Take(lengths[2]));
        var (trainIsBytes, testIsBytes) = (reader.ReadBoolean(), reader.ReadBoolean());
        var train = Rows(lengths[3], trainIsBytes);
        var test = Rows(lengths[4], testIsBytes);
        var found = hash.GetHashAndReset();
        var said = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(said);
        if (!said.AsSpan().SequenceEqual(found)) throw new InvalidDataException("not what its hash says");

        var (shape, classes) = (Many(reader.ReadInt32), reader.ReadInt32());
        var (classNames, columnNames) = (Many(reader.ReadString), Many(reader.ReadString));
        var features = shape.Aggregate(1, (product, side) => product * side);
        return new DatasetSource(shape, classes, Half(trainLabels, train), Half(testLabels, test)) { ClassNames = classNames, ColumnNames = columnNames };

        byte[] Take(long count)
        {
            var bytes = new byte[count];
            stream.ReadExactly(bytes);
            hash.AppendData(bytes);
            return bytes;
        }

        Array Rows(long bytes, bool areBytes)
        {
            if (areBytes) return Take(bytes);
            var values = new float[bytes / sizeof(float)];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        LabelledRows Half(byte[] labels, Array rows) =>
            rows is byte[] bytes ? LabelledRows.Of(labels, bytes, features) : LabelledRows.OfValues(labels, (float[])rows, features);

        T[] Many<T>(Func<T> one) => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => one())];
    }

    private static byte[] About(string key, DatasetSource source)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(key);
        writer.Write(source.Train.AreBytes);
        writer.Write(source.Test.AreBytes);
        writer.Write(source.Shape.Count);
        foreach (var side in source.Shape) writer.Write(side);
        writer.Write(source.Classes);
        foreach (var names in new[] { source.ClassNames, source.ColumnNames })
        {
            writer.Write(names.Count);
            foreach (var name in names) writer.Write(name);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static long RowBytes(LabelledRows half, int features) => (long)half.Rows * features * (half.AreBytes ? sizeof(byte) : sizeof(float));
}

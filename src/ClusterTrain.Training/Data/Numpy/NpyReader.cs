using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Numpy;

/// <summary>
/// Reads arrays as NumPy saves them (its "NPY format", versions 1 to 3): magic, version, length of the header, the header as a
/// Python literal with element type, order and sizes, then the elements and nothing after them.
/// </summary>
internal static partial class NpyReader
{
    private const int LongestHeader = 1 << 16;
    private const int LongestText = 1024;

    /// <summary>Numbers with two or more sizes; the first one counts rows. Fortran's order is turned into C's.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="most">Bytes that the stream can have.</param>
    public static NumberArray ReadRows(string path, Stream stream, long most)
    {
        var header = Header.Read(path, stream);
        if (header.Kind is not { } kind) throw header.Refused("numbers expected");
        if (header.Sizes.Length < 2) throw header.Refused("two or more sizes expected, rows first");
        return header.Numbers(stream, kind, most);
    }

    /// <summary>Labels, one a row: numbers or names.</summary>
    public static FoundLabels ReadLabels(string path, Stream stream, long most)
    {
        var header = Header.Read(path, stream);
        if (header.Sizes is not ([_] or [_, 1]))
            throw header.Refused("one label a row expected" + (header.Sizes.Length == 2 ? ", such as y.argmax(1) of rows with a 1 in the place of their class" : ""));
        if (header.Kind is { } kind) return new FoundLabels(path, Texts: null, header.Numbers(stream, kind, most).ToDoubles());
        return new FoundLabels(path, header.Texts(stream, most), Numbers: null);
    }

    /// <summary>The sizes of an array from its header alone.</summary>
    public static IReadOnlyList<int> ReadSizes(string path, Stream stream) => Header.Read(path, stream).Sizes;

    [GeneratedRegex(@"'descr'\s*:\s*'(?<text>[^']*)'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Element();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(?<text>True|False)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape'\s*:\s*\((?<text>[\d,\sL]*)\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();

    /// <param name="Type">As NumPy writes it: byte order, kind, bytes.</param>
    private sealed record Header(string Path, string Type, bool IsFortran, int[] Sizes)
    {
        public NumberKind? Kind => Type.Length > 1 ? Type[1..] switch
        {
            "b1" => NumberKind.Bool,
            "u1" => NumberKind.UInt8,
            "i1" => NumberKind.Int8,
            "u2" => NumberKind.UInt16,
            "i2" => NumberKind.Int16,
            "u4" => NumberKind.UInt32,
            "i4" => NumberKind.Int32,
            "u8" => NumberKind.UInt64,
            "i8" => NumberKind.Int64,
            "f2" => NumberKind.Float16,
            "f4" => NumberKind.Float32,
            "f8" => NumberKind.Float64,
            _ => null,
        } : null;

        private bool IsBigEndian => Type[0] == '>';

        private string Sides => string.Join(" x ", Sizes);

        public static Header Read(string path, Stream stream)
        {
            var start = new byte[8];
            var got = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (got < start.Length || !start.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]))
                throw new DataException($"{path}: {(got < start.Length ? "truncated: " : "")}no NPY file, which begins with \\x93NUMPY{StoredFile.Guess(path)}");
            var size = new byte[start[6] == 1 ? 2 : 4];
            if (stream.ReadAtLeast(size, size.Length, throwOnEndOfStream: false) < size.Length) throw Truncated(path);
            long length = size.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
            if (start[6] is < 1 or > 3 || length > LongestHeader)
                throw new DataException($"{path}: NPY version {start[6]} with a header of {length} bytes; versions 1 to 3 and {LongestHeader} bytes at most expected");
            var bytes = new byte[length];
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Truncated(path);
            var text = Encoding.UTF8.GetString(bytes);
            var (type, order, shape) = (Element().Match(text), Order().Match(text), Shape().Match(text));
            if (!type.Success || !order.Success || !shape.Success || type.Groups["text"].Length == 0)
                throw new DataException($"{path}: an array of one plain element type expected, not of records: its header is {Shown(text)}");
            var header = new Header(path, type.Groups["text"].Value, order.Groups["text"].ValueSpan is "True", SizesOf(path, shape.Groups["text"].Value));
            return header.Type[1..].StartsWith('O')
                ? throw new DataException($"{path}: holds Python objects, which only Python can read: save it as numbers or text, with astype") : header;
        }

        public DataException Refused(string expected) => new($"{Path}: elements of type {Type} in sizes ({Sides}), {expected}");

        public NumberArray Numbers(Stream stream, NumberKind kind, long most)
        {
            var count = Count(kind.Size(), most);
            var read = NumberArray.Read(stream, kind, IsBigEndian, count, null, out var found)
                ?? throw new DataException($"{Path}: truncated: {found} bytes after the header, {(long)count * kind.Size()} expected ({Sides})");
            RequireEnd(stream);
            return IsFortran && Sizes.Length > 1
                ? new NumberArray(Path, Sizes, Turned(read.Bytes), Turned(read.Floats), kind.IsInteger())
                : new NumberArray(Path, Sizes, read.Bytes, read.Floats, kind.IsInteger());
        }

        // '<U5' is five code points of four bytes, '|S5' five bytes; both end in zeros where they are shorter.
        public string[] Texts(Stream stream, long most)
        {
            if (Type.Length < 3 || Type[1] is not ('U' or 'S') || !int.TryParse(Type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length is 0 or > LongestText)
                throw Refused("numbers or text expected");
            var size = Type[1] == 'U' ? 4 * length : length;
            Encoding encoding = Type[1] == 'S' ? Encoding.UTF8 : new UTF32Encoding(IsBigEndian, byteOrderMark: false);
            var (texts, bytes) = (new string[Count(size, most)], new byte[size]);
            for (var i = 0; i < texts.Length; i++)
            {
                if (stream.ReadAtLeast(bytes, size, throwOnEndOfStream: false) < size) throw Truncated(Path);
                texts[i] = encoding.GetString(bytes).TrimEnd('\0');
            }

            RequireEnd(stream);
            return texts;
        }

        private int Count(int size, long most)
        {
            var count = Sizes.Aggregate(1L, (product, one) => Math.Min(product * one, int.MaxValue));
            if (count == 0) throw new DataException($"{Path}: empty: its header says ({Sides})");
            if (count > NumberArray.Most) throw new DataException($"{Path}: its header says ({Sides}), more than the {NumberArray.Most} numbers that can be held");
            return count * size > most
                ? throw new DataException($"{Path}: truncated: {most} bytes or fewer, {count * size} expected ({Sides})") : (int)count;
        }

        private void RequireEnd(Stream stream)
        {
            if (stream.ReadByte() >= 0) throw new DataException($"{Path}: bytes follow those that its header ({Sides}) promises");
        }

        // Element (i, j, k) lies at i + I (j + J k); written at (i J + j) K + k.
        private T[]? Turned<T>(T[]? from)
        {
            if (from is null) return null;
            var (turned, place) = (new T[from.Length], new int[Sizes.Length]);
            for (var i = 0; i < turned.Length; i++)
            {
                var at = 0;
                for (var axis = Sizes.Length - 1; axis >= 0; axis--) at = (at * Sizes[axis]) + place[axis];
                turned[i] = from[at];
                for (var axis = Sizes.Length - 1; axis >= 0 && ++place[axis] == Sizes[axis]; axis--) place[axis] = 0;
            }

            return turned;
        }

        private static int[] SizesOf(string path, string text)
        {
            var parts = text.Replace("L", "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var sizes = new int[parts.Length];
            for (var i = 0; i < sizes.Length; i++)
                if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]))
                    throw new DataException($"{path}: its header has the size {Shown(parts[i])}, which is no number up to {int.MaxValue}");
            return sizes.Length is > 0 and <= 32 ? sizes : throw new DataException($"{path}: an array of {sizes.Length} sizes, 1 to 32 expected");
        }

        private static DataException Truncated(string path) => new($"{path}: truncated: ends within its header or its elements: get it again");

        private static string Shown(string text) => text.Length > 80 ? text[..80].ReplaceLineEndings(" ") + "..." : text.ReplaceLineEndings(" ");
    }
}

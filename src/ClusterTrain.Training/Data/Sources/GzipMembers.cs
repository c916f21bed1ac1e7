using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace ClusterTrain.Training.Data.Sources;

/// <summary>
/// Decodes a gzip file as RFC 1952 describes it: one member after another, an empty one too, each compared with its own checksum
/// and length; zeros that fill up a tape or a block may follow the last one, and nothing else.
/// </summary>
/// <param name="file">Can seek; stays open.</param>
/// <exception cref="InvalidDataException">On reading: what is wrong, and where.</exception>
internal sealed class GzipMembers(Stream file) : Stream
{
    private const int FixedHeader = 10;
    private const int Trailer = 8;
    private const int HeaderCheck = 2;
    private const int Extra = 4;
    private const int Name = 8;
    private const int Comment = 16;

    private readonly SmallReads _reads = new(file);
    private readonly Crc32 _checksum = new();
    private DeflateStream? _member;
    private uint _length;
    private int _members;
    private bool _hasEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Whether a file begins as gzip does: its two magic bytes and the one method there is, deflate.</summary>
    public static bool Begins(ReadOnlySpan<byte> start) => start is [0x1F, 0x8B, 8, ..];

    public override int Read(Span<byte> buffer)
    {
        while (!_hasEnded && buffer.Length > 0)
        {
            if (_member is null && !Begin()) break;
            if (Decode(buffer) is var got and > 0) return got;
            End();
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _member?.Dispose();
        base.Dispose(disposing);
    }

    private int Decode(Span<byte> buffer)
    {
        try
        {
            var got = _member!.Read(buffer);
            _checksum.Append(buffer[..got]);
            _length += (uint)got;
            return got;
        }
        catch (InvalidDataException)
        {
            throw Damaged("its compressed data end early or make no sense");
        }
    }

    // False at the end of the file, which no member needs to follow once there was one.
    private bool Begin()
    {
        var at = file.Position;
        var start = new byte[FixedHeader];
        var got = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (_members > 0 && (got == 0 || start[0] == 0))
        {
            _hasEnded = true;
            file.Position = at;
            for (int next; (next = file.ReadByte()) >= 0;)
                if (next != 0) throw new InvalidDataException($"behind its last member, at byte {file.Position - 1}, stands something that is neither a member nor zeros");
            return false;
        }

        if (got < FixedHeader) throw Damaged("the file ends within its header");
        if (!Begins(start)) throw new InvalidDataException($"at byte {at} no member begins");
        var flags = start[3];
        if ((flags & Extra) != 0)
        {
            var length = (Next() | (Next() << 8)) & 0xFFFF;
            file.Seek(length, SeekOrigin.Current);
        }

        foreach (var text in new[] { Name, Comment })
            if ((flags & text) != 0)
                while (Next() != 0)
                {
                }

        if ((flags & HeaderCheck) != 0) (_, _) = (Next(), Next());
        _members++;
        _length = 0;
        _checksum.Reset();
        _reads.Start();
        _member = new DeflateStream(_reads, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    // The decoder does not tell how much of its last few bytes was the member's. Its trailer is in them or follows them, and is
    // known by now: the checksum and the length of what came out, 64 bits.
    private void End()
    {
        _member!.Dispose();
        _member = null;
        var expected = new byte[Trailer];
        BinaryPrimitives.WriteUInt32LittleEndian(expected, _checksum.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(4), _length);
        var first = _reads.SeekToLast();
        var near = new byte[(2 * SmallReads.Most) + Trailer];
        var got = file.ReadAtLeast(near, near.Length, throwOnEndOfStream: false);
        var place = near.AsSpan(0, got).IndexOf(expected);
        if (place < 0) throw Damaged("its checksum or its length is not that of what it decodes to, or the file ends before them");
        file.Position = first + place + Trailer;
    }

    private int Next() => file.ReadByte() is var next and >= 0 ? next : throw Damaged("the file ends within its header");

    private InvalidDataException Damaged(string how) => new($"member {Math.Max(1, _members)}: {how}");

    /// <summary>Gives a decoder few bytes at a time, so that it cannot run far ahead.</summary>
    private sealed class SmallReads(Stream file) : Stream
    {
        public const int Most = 64;

        // No deflate stream is shorter; an empty one is followed by eight zeros, which must not be looked for in it.
        private const int Shortest = 2;

        private long _start;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Start() => _start = file.Position;

        /// <summary>Back to the first byte that the decoder may have left over.</summary>
        public long SeekToLast() => file.Position = Math.Max(_start + Shortest, file.Position - (2 * Most));

        public override int Read(Span<byte> buffer) => file.Read(buffer[..Math.Min(buffer.Length, Most)]);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

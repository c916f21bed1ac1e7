using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// The memory that Kestrel receives into and sends from, in blocks as large as a system call can fill: its own blocks of
/// 4 KiB cost a call each, and halve the speed of an upload.
/// </summary>
internal sealed class PlaneBlocks : MemoryPool<byte>
{
    public const int BlockBytes = 128 * 1024;

    // 8 MiB a pool stay for the next request; what a burst needs beyond goes back to the runtime.
    private const int MostKept = 64;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _kept;
    private volatile bool _isDisposed;

    public override int MaxBufferSize => BlockBytes;

    /// <summary>A block of <see cref="BlockBytes"/>, whatever the wish.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_free.TryDequeue(out var block)) return new Block(this);
        Interlocked.Decrement(ref _kept);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _free.Clear();
    }

    private void Return(Block block)
    {
        if (_isDisposed || Interlocked.Increment(ref _kept) > MostKept) Interlocked.Decrement(ref _kept);
        else _free.Enqueue(block);
    }

    public sealed class Factory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new PlaneBlocks();
    }

    private sealed class Block(PlaneBlocks pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } =
            MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true), 0, BlockBytes);

        public void Dispose() => pool.Return(this);
    }
}

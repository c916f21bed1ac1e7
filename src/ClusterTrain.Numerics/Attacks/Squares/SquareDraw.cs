using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The random numbers of Square: each (row's place, query) has blocks of its own in the stream, so that neither the other
/// rows nor the queries before decide what a query draws.
/// </summary>
internal readonly struct SquareDraw
{
    private const int BitsOfBlock = 128;
    private const uint HeadBlocks = 2;

    private readonly RandomStream _stream;
    private readonly uint _first;

    private SquareDraw(RandomStream stream, uint first) => (_stream, _first) = (stream, first);

    /// <summary>The numbers of one query; query 0 is the start.</summary>
    /// <param name="signs">Most signs that any query needs.</param>
    public static SquareDraw Of(RandomStream stream, int place, int query, int queries, int signs)
    {
        var blocks = HeadBlocks + (uint)((signs + BitsOfBlock - 1) / BitsOfBlock);
        return new SquareDraw(stream, checked((uint)((((long)place * (queries + 1)) + query) * blocks)));
    }

    /// <summary>Top and left of a window, uniform over the places where it fits.</summary>
    /// <param name="which">0 or 1: a query may draw two windows.</param>
    public (int Top, int Left) Window(int which, SquareCanvas canvas, (int Height, int Width) window)
    {
        var block = _stream.Block(_first);
        var (row, column) = which == 0 ? (block.Word0, block.Word1) : (block.Word2, block.Word3);
        return (Below(row, canvas.Height - window.Height + 1), Below(column, canvas.Width - window.Width + 1));
    }

    public bool IsTransposed => (_stream.Block(_first + 1).Word0 & 1) == 1;

    /// <summary>Sign <paramref name="index"/>, -1 or 1.</summary>
    public float Sign(int index)
    {
        var block = _stream.Block(_first + HeadBlocks + (uint)(index / BitsOfBlock));
        var word = (index / 32 % 4) switch { 0 => block.Word0, 1 => block.Word1, 2 => block.Word2, _ => block.Word3 };
        return ((word >> (index % 32)) & 1) == 1 ? 1f : -1f;
    }

    private static int Below(uint word, int bound) => (int)(((ulong)word * (uint)bound) >> 32);
}

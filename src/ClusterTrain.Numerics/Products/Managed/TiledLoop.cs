using ClusterTrain.Numerics.Products.Kernels;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Products.Managed;

/// <summary>
/// The loops around the tile kernels: blocks of C's rows and of k sized for the caches, panels of B, tiles. Blocks of k
/// follow one another upwards and each goes on with the chains the last one left in C, so blocking shows in no bit.
/// </summary>
/// <remarks>
/// <para>
/// Layout of packed B [k, n]: for each block of k in turn, for each panel of <see cref="TileKernels.MaxColumns"/>
/// columns, [block depth, panel columns]; the last panel's columns are filled up with zeros to whole vectors.
/// </para>
/// <para>
/// Rows of A are dealt evenly over the tiles (16 rows are 8 + 8, not 12 + 4) and need no filling up: kernels exist for
/// each height.
/// </para>
/// </remarks>
internal sealed unsafe class TiledLoop
{
    /// <summary>A packed block of A (480 KB) and a panel of B stay in a second-level cache of 1 MB.</summary>
    internal const int DepthBlock = 512;

    internal const int RowBlock = 240;

    // So few tiles read B where it lies: memory is then waited for while multiplying, not while packing.
    private const int UsesWorthPacking = 6;

    private readonly TileKernels _kernels;
    private readonly PanelPacker _packer;
    private readonly AlignedBuffer _tile;
    private readonly AlignedBuffer _gate;
    private AlignedBuffer _left = new(0);
    private AlignedBuffer _panel = new(0);
    private AlignedBuffer _bias = new(0);

    public TiledLoop(TileKernels kernels)
    {
        _kernels = kernels;
        _packer = new PanelPacker(
            Math.Max(kernels.MaxRows, kernels.MaxColumns), permutes: kernels.Lanes == PickedRun.Length);
        _tile = new AlignedBuffer(kernels.MaxRows * kernels.MaxColumns);
        _gate = new AlignedBuffer(_tile.Length);
        Layout = $"managed panels of {kernels.MaxColumns}";
    }

    /// <summary>Name of the layout of packed factors.</summary>
    public string Layout { get; }

    public int PackedLength(int depth, int columns) => checked(depth * WholeVectors(columns));

    /// <summary>Packs all of B, given as [columns, depth].</summary>
    public void Pack(in PanelSource source, int columns, int depth, float* panels)
    {
        for (var k = 0; k < depth; k += DepthBlock)
        {
            var blockDepth = Math.Min(DepthBlock, depth - k);
            for (var j = 0; j < columns; j += _kernels.MaxColumns)
            {
                var width = Math.Min(_kernels.MaxColumns, columns - j);
                _packer.Pack(
                    source, j, width, k, blockDepth, PanelAt(panels, columns, k, blockDepth, j), WholeVectors(width));
            }
        }
    }

    public void Run(ProductSize size, in Factor a, in Factor b, in TileTarget c, bool accumulate, in TileFinish finish)
    {
        if (PaysTransposed(size))
        {
            RunBlocks(
                new ProductSize(size.Columns, size.Rows, size.Depth), b, a, c with { Transposed = true }, accumulate,
                finish with { BiasRunsDown = !finish.BiasRunsDown });
        }
        else
        {
            RunBlocks(size, a, b, c, accumulate, finish);
        }
    }

    // With fewer columns than lanes, as in a layer of ten classes, C^T = B^T A^T leaves fewer lanes idle. A multiply-
    // add is the same to the bit with its factors exchanged. A packed B of one panel can be read as a left factor.
    private bool PaysTransposed(ProductSize size) =>
        size.Columns < _kernels.Lanes && size.Columns <= _kernels.MaxRows
        && (long)size.Columns * WholeVectors(size.Rows) < (long)size.Rows * _kernels.Lanes;

    private void RunBlocks(
        ProductSize size, in Factor a, in Factor b, in TileTarget c, bool accumulate, in TileFinish finish)
    {
        var depthBlock = Math.Min(DepthBlock, size.Depth);
        fixed (float* left = Grown(ref _left, Math.Min(RowBlock, size.Rows) * depthBlock).Span)
        fixed (float* panel = Grown(ref _panel, _kernels.MaxColumns * depthBlock).Span)
        fixed (float* tile = _tile.Span, gate = _gate.Span)
        fixed (float* bias = WholeVectorsOfBias(finish.Bias, finish.BiasRunsDown ? size.Rows : size.Columns))
        {
            for (var i = 0; i < size.Rows; i += RowBlock)
            {
                var rows = Math.Min(RowBlock, size.Rows - i);
                var k = 0;
                do
                {
                    var block = new Block
                    {
                        FirstRow = i,
                        Rows = rows,
                        FirstDepth = k,
                        Depth = Math.Min(DepthBlock, size.Depth - k),
                        ContinuesChain = accumulate || k > 0,
                        EndsChain = k + DepthBlock >= size.Depth,
                        Left = a.Panels is null ? left : PanelAt(a.Panels, size.Rows, k, 0, 0),
                        LeftStep = a.Panels is null ? 0 : WholeVectors(size.Rows),
                        Panel = panel,
                        Tile = tile,
                        Gate = gate,
                        Bias = finish.Bias is null ? null : bias,
                    };
                    if (a.Panels is null)
                        PackLeft(a.Source, block);
                    RunBlock(size, block, b, c, finish);
                    k += DepthBlock;
                }
                while (k < size.Depth);
            }
        }
    }

    private void PackLeft(in PanelSource a, in Block block)
    {
        var tiles = Tiles(block.Rows);
        for (var t = 0; t < tiles; t++)
        {
            var (row, height) = Deal(block.Rows, tiles, t);
            _packer.Pack(
                a, block.FirstRow + row, height, block.FirstDepth, block.Depth,
                block.Left + ((nint)row * block.Depth), height);
        }
    }

    private void RunBlock(ProductSize size, in Block block, in Factor b, in TileTarget c, in TileFinish finish)
    {
        var finishes = block.EndsChain && !finish.IsNothing;
        var tiles = Tiles(block.Rows);
        for (var j = 0; j < size.Columns; j += _kernels.MaxColumns)
        {
            var columns = Math.Min(_kernels.MaxColumns, size.Columns - j);
            var width = WholeVectors(columns);
            var vectors = width / _kernels.Lanes;
            var panel = block.Panel;
            nint panelStep = width;
            if (b.Panels is not null)
            {
                panel = PanelAt(b.Panels, size.Columns, block.FirstDepth, block.Depth, j);
            }
            else if (tiles <= UsesWorthPacking && columns == width && b.Source.IsPlain(j, columns))
            {
                panel = b.Source.Data + (block.FirstDepth * b.Source.Stride) + b.Source.Lane(j);
                panelStep = b.Source.Stride;
            }
            else
            {
                _packer.Pack(b.Source, j, columns, block.FirstDepth, block.Depth, panel, width);
            }

            // What is to be finished stays in the scratch tile until then: rows of C read again right after they were
            // stored evict one another, and hold one another up, where they lie a power of two apart.
            var direct = columns == width && c.IsPlain(j, columns);
            var stays = direct && !finishes;
            for (var t = 0; t < tiles; t++)
            {
                var (row, height) = Deal(block.Rows, tiles, t);
                var firstRow = block.FirstRow + row;
                if (!stays && block.ContinuesChain)
                    c.Read(firstRow, height, j, columns, block.Tile, width);
                var task = new TileTask
                {
                    A = block.Left + ((nint)row * block.Depth),
                    AStep = block.LeftStep == 0 ? height : block.LeftStep,
                    B = panel,
                    BStep = panelStep,
                    Depth = block.Depth,
                    C = stays ? c.At(firstRow, j) : block.Tile,
                    CStride = stays ? c.Stride : width,
                    ContinuesChain = block.ContinuesChain,
                };
                _kernels.Multiply(height, vectors, task);
                if (finishes)
                {
                    var ofTile = FinishOf(block, finish, c.Transposed, firstRow, height, j, columns);
                    var (to, stride) = direct ? ((nint)c.At(firstRow, j), c.Stride) : ((nint)block.Tile, width);
                    _kernels.Finish(block.Tile, width, (float*)to, stride, height, vectors, ofTile);
                }

                if (!direct)
                    c.Write(firstRow, height, j, columns, block.Tile, width);
            }
        }
    }

    private TileFinish FinishOf(
        in Block block, in TileFinish finish, bool transposed, int row, int rows, int column, int columns)
    {
        var bias = block.Bias is null ? null : block.Bias + (finish.BiasRunsDown ? row : column);
        if (finish.Gate is null)
            return finish with { Bias = bias };

        // Whole vectors are read, so a gate that ends within one goes through scratch; so does one that lies across.
        var width = WholeVectors(columns);
        var gate = new TileTarget { Data = finish.Gate, Stride = finish.GateStride, Transposed = transposed };
        if (columns == width && gate.IsPlain(column, columns))
            return finish with { Bias = bias, Gate = gate.At(row, column) };
        gate.Read(row, rows, column, columns, block.Gate, width);
        return finish with { Bias = bias, Gate = block.Gate, GateStride = width };
    }

    private int Tiles(int rows) => (rows + _kernels.MaxRows - 1) / _kernels.MaxRows;

    // Rows dealt evenly: the first tiles get one more when they do not divide.
    private static (int Row, int Height) Deal(int rows, int tiles, int tile)
    {
        var (height, longer) = Math.DivRem(rows, tiles);
        return ((tile * height) + Math.Min(tile, longer), tile < longer ? height + 1 : height);
    }

    private int WholeVectors(int columns) => (columns + _kernels.Lanes - 1) / _kernels.Lanes * _kernels.Lanes;

    private float* PanelAt(float* panels, int columns, int firstDepth, int depth, int column) =>
        panels + ((nint)firstDepth * WholeVectors(columns)) + ((nint)depth * column);

    private Span<float> WholeVectorsOfBias(float* bias, int columns)
    {
        if (bias is null)
            return [];
        var whole = Grown(ref _bias, WholeVectors(columns)).Span;
        new Span<float>(bias, columns).CopyTo(whole);
        return whole;
    }

    private static AlignedBuffer Grown(ref AlignedBuffer buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new AlignedBuffer(length);
        return buffer;
    }

    /// <summary>A block of C's rows and of k, with the scratch it works in.</summary>
    private readonly struct Block
    {
        public int FirstRow { get; init; }
        public int Rows { get; init; }
        public int FirstDepth { get; init; }
        public int Depth { get; init; }

        /// <summary>Whether chains start at the values in C.</summary>
        public bool ContinuesChain { get; init; }

        /// <summary>Whether this is the last block of k, after which the epilogue follows.</summary>
        public bool EndsChain { get; init; }

        /// <summary>Packed rows of A, tile after tile, [depth, tile rows] each.</summary>
        public float* Left { get; init; }

        /// <summary>Floats from one k to the next in a left factor that came packed as one tile; 0 otherwise.</summary>
        public int LeftStep { get; init; }

        /// <summary>One packed panel of B.</summary>
        public float* Panel { get; init; }

        /// <summary>A tile for what cannot be written in place, or not yet.</summary>
        public float* Tile { get; init; }

        /// <summary>A tile for what of a gate cannot be read in place.</summary>
        public float* Gate { get; init; }

        /// <summary>[whole vectors of columns] or null.</summary>
        public float* Bias { get; init; }
    }
}

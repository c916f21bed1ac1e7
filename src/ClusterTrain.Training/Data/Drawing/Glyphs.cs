using ClusterTrain.Training.Data.Sources;
namespace ClusterTrain.Training.Data.Drawing;

/// <summary>
/// The built-in data set: 28x28 grey images of the ten digits, drawn by this program. Row r of it is a pure function of
/// r, and its bytes are the same on every machine; nothing depends on a run's seed.
/// </summary>
public static class Glyphs
{
    public const string Name = "glyphs";
    public const int Side = 28;
    public const int Classes = 10;

    /// <summary>Rows that take the place of a training file: training and validation rows together.</summary>
    public const int TrainRows = 10_000;

    /// <summary>Rows that take the place of a test file.</summary>
    public const int TestRows = 2_000;

    /// <summary>Rows drawn by one task; any size gives the same images.</summary>
    private const int RowsPerTask = 128;

    /// <summary>The whole data set. Nothing is drawn yet.</summary>
    public static DatasetSource Source()
    {
        LabelledRows Drawn(int first, int count) => LabelledRows.Drawn(
            [.. Enumerable.Range(first, count).Select(Label)], Side * Side, rows => Draw([.. rows.Select(row => first + row)]));
        return new DatasetSource([1, Side, Side], Classes, Drawn(0, TrainRows), Drawn(TrainRows, TestRows));
    }

    /// <summary>The digit that row <paramref name="row"/> shows: all digits in turn, so that any start is balanced.</summary>
    public static byte Label(int row) => (byte)(row % Classes);

    /// <summary>Draws rows <paramref name="rows"/>, in that order.</summary>
    /// <param name="rows">Each 0 or more; training rows come first, then test rows.</param>
    /// <param name="style">Null means <see cref="GlyphStyle.Default"/>, the data set itself.</param>
    /// <returns>[rows, 28 * 28] bytes, row-major; 255 is full brightness.</returns>
    public static byte[] Draw(IReadOnlyList<int> rows, GlyphStyle? style = null)
    {
        const int features = Side * Side;
        var pixels = new byte[rows.Count * features];
        Parallel.For(0, (rows.Count + RowsPerTask - 1) / RowsPerTask, task =>
        {
            var painter = new GlyphPainter(style ?? GlyphStyle.Default);
            var end = Math.Min((task + 1) * RowsPerTask, rows.Count);
            for (var i = task * RowsPerTask; i < end; i++)
                painter.Paint(rows[i], Label(rows[i]), pixels.AsSpan(i * features, features));
        });
        return pixels;
    }
}

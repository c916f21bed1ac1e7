namespace ClusterTrain.Training.Data.Sources;

/// <summary>
/// The labelled rows of one file before the split: bytes, the brightness of pictures, or numbers as they are. Read from disk, or
/// drawn on demand.
/// </summary>
public sealed class LabelledRows
{
    private readonly byte[] _labels;
    private readonly Func<IReadOnlyList<int>, byte[]>? _pixels;
    private readonly float[]? _values;
    private readonly int _features;

    private LabelledRows(byte[] labels, int features, Func<IReadOnlyList<int>, byte[]>? pixels, float[]? values) =>
        (_labels, _features, _pixels, _values) = (labels, features, pixels, values);

    public int Rows => _labels.Length;

    /// <summary>Whether rows are bytes, 255 being full brightness, and not numbers.</summary>
    public bool AreBytes => _pixels is not null;

    public byte Label(int row) => _labels[row];

    /// <summary>Some rows of bytes, [rows, features].</summary>
    public byte[] Pixels(IReadOnlyList<int> rows) =>
        _pixels?.Invoke(rows) ?? throw new InvalidOperationException("These rows are numbers, not bytes.");

    /// <summary>Some rows of numbers into <paramref name="target"/>, [rows, features].</summary>
    public void Values(IReadOnlyList<int> rows, Span<float> target)
    {
        if (_values is null) throw new InvalidOperationException("These rows are bytes, not numbers.");
        for (var i = 0; i < rows.Count; i++)
            _values.AsSpan(rows[i] * _features, _features).CopyTo(target[(i * _features)..]);
    }

    /// <summary>All numbers, [rows, features]; none of rows of bytes.</summary>
    public ReadOnlySpan<float> AllValues => _values;

    /// <summary>Rows of bytes that are drawn when they are asked for.</summary>
    /// <param name="labels">One class index a row.</param>
    /// <param name="pixels">From row indices to their bytes, [rows, features] row-major.</param>
    public static LabelledRows Drawn(byte[] labels, int features, Func<IReadOnlyList<int>, byte[]> pixels) => new(labels, features, pixels, null);

    /// <summary>Rows of bytes that lie in memory.</summary>
    /// <param name="labels">One class index a row.</param>
    /// <param name="bytes">[rows, features], row-major.</param>
    public static LabelledRows Of(byte[] labels, byte[] bytes, int features) => Drawn(labels, features, rows =>
    {
        var picked = new byte[rows.Count * features];
        for (var i = 0; i < rows.Count; i++)
            bytes.AsSpan(rows[i] * features, features).CopyTo(picked.AsSpan(i * features));
        return picked;
    });

    /// <summary>Rows of numbers.</summary>
    /// <param name="labels">One class index a row.</param>
    /// <param name="values">[rows, features], row-major, finite.</param>
    public static LabelledRows OfValues(byte[] labels, float[] values, int features) => new(labels, features, null, values);
}

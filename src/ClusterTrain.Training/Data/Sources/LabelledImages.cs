namespace ClusterTrain.Training.Data.Sources;

/// <summary>The labelled images of one file as bytes, before the split: read from disk, or drawn on demand.</summary>
/// <param name="labels">One class index a row.</param>
/// <param name="pixels">From row indices to their pixels, [rows, features] row-major.</param>
public sealed class LabelledImages(byte[] labels, Func<IReadOnlyList<int>, byte[]> pixels)
{
    public int Rows => labels.Length;

    public byte Label(int row) => labels[row];

    public byte[] Pixels(IReadOnlyList<int> rows) => pixels(rows);

    /// <summary>Images that lie in memory.</summary>
    /// <param name="bytes">[rows, features], row-major.</param>
    public static LabelledImages Of(byte[] labels, byte[] bytes, int features) => new(labels, rows =>
    {
        var picked = new byte[rows.Count * features];
        for (var i = 0; i < rows.Count; i++)
            bytes.AsSpan(rows[i] * features, features).CopyTo(picked.AsSpan(i * features));
        return picked;
    });
}

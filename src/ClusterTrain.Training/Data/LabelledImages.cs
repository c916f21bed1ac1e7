namespace ClusterTrain.Training.Data;

/// <summary>The labelled images of one file as bytes, before the split: read from disk, or drawn on demand.</summary>
/// <param name="labels">One class index a row.</param>
/// <param name="pixels">From row indices to their pixels, [rows, features] row-major.</param>
internal sealed class LabelledImages(byte[] labels, Func<IReadOnlyList<int>, byte[]> pixels)
{
    public int Rows => labels.Length;

    public byte Label(int row) => labels[row];

    public byte[] Pixels(IReadOnlyList<int> rows) => pixels(rows);
}

namespace ClusterTrain.Training.Data.Idx;

/// <summary>The decoded content of one IDX file.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Sizes">[count, height, width] or [count, channels, height, width] for images, [count] for labels.</param>
/// <param name="Bytes">Row-major; as many as the product of the sizes.</param>
/// <param name="Sha256">Over the decoded file, header included, lower-case hex: the same for a raw and a gzip copy.</param>
public sealed record IdxArray(string Path, IReadOnlyList<int> Sizes, byte[] Bytes, string Sha256)
{
    public int Count => Sizes[0];

    /// <summary>Channels, height, width of an image; files of three sizes are grey.</summary>
    public IReadOnlyList<int> Shape => ShapeOf(Sizes);

    /// <summary>The shape of an image from its file's sizes.</summary>
    public static IReadOnlyList<int> ShapeOf(IReadOnlyList<int> sizes) => sizes.Count == 3 ? [1, .. sizes.Skip(1)] : [.. sizes.Skip(1)];
}

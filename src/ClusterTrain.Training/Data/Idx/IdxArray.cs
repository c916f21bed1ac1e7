using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Idx;

/// <summary>The decoded content of one IDX file.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Sizes">[count] for labels, more for rows.</param>
/// <param name="Bytes">Row-major, as many as the product of the sizes; empty where the elements are no unsigned bytes.</param>
/// <param name="Sha256">Over the decoded file, header included, lower-case hex: the same for a raw and a gzip copy.</param>
public sealed record IdxArray(string Path, IReadOnlyList<int> Sizes, byte[] Bytes, string Sha256)
{
    /// <summary>All elements, whatever their type.</summary>
    internal NumberArray Values { get; init; } = null!;

    public int Count => Sizes[0];
}

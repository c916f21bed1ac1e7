namespace ClusterTrain.Numerics.Products;

/// <summary>
/// The matrix products of one worker. C = A B with A [m, k], B [k, n], C [m, n]; the forms ABt and AtB are views that
/// are transposed. An instance owns its scratch memory: one per thread, never shared.
/// </summary>
/// <remarks>
/// The promise of <see cref="MathIdentity.IsBitPortable"/> backends: each element of C is one chain of fused
/// multiply-adds over k in ascending order, <c>c = fma(a[i,k], b[k,j], c)</c>, started at +0 or, when accumulating, at
/// the old value; the epilogue follows. So the bits depend on neither vector width, tiling, nor shape.
/// Sizes of 0 are allowed: k = 0 leaves just the start value and the epilogue. C shares no memory with A, B, bias or gate.
/// </remarks>
public interface IMatrixProducts
{
    MathIdentity Identity { get; }

    void Multiply(MatrixView a, MatrixView b, MatrixTarget c, Epilogue epilogue);

    /// <summary>
    /// Copies <paramref name="b"/> (with its picks and transposition) into the form products read fastest, for use as
    /// the right factor of many products. Reuses the memory of <paramref name="into"/> when it suffices.
    /// </summary>
    PackedMatrix Pack(MatrixView b, PackedMatrix? into = null);

    void Multiply(MatrixView a, PackedMatrix b, MatrixTarget c, Epilogue epilogue);
}

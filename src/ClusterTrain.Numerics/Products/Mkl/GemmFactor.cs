namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>A factor in pinned memory, without picks.</summary>
/// <param name="Data">Row-major.</param>
/// <param name="Stride">Floats from one stored row to the next, no fewer than a row has.</param>
/// <param name="Transposed">Whether rows and columns are exchanged when it is read.</param>
internal readonly unsafe record struct GemmFactor(nint Data, int Stride, bool Transposed)
{
    public float* Floats => (float*)Data;
}

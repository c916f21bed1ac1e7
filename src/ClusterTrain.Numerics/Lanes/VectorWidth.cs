namespace ClusterTrain.Numerics.Lanes;

/// <summary>How many float32 an instruction works on. Matters for speed only: all widths give the same bits.</summary>
public enum VectorWidth
{
    /// <summary>No vectors; runs on every processor.</summary>
    Scalar = 32,

    /// <summary>4 lanes: SSE, NEON.</summary>
    Bits128 = 128,

    /// <summary>8 lanes: AVX2.</summary>
    Bits256 = 256,

    /// <summary>16 lanes: AVX-512.</summary>
    Bits512 = 512,
}

using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products.Kernels;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>The backward kernels of convolutions of one vector width.</summary>
/// <param name="isWide">Whether there are 32 registers, or 16.</param>
internal abstract class ConvTiles(bool isWide)
{
    /// <summary>Rows of the tallest tile of an input gradient.</summary>
    public int SumRows { get; } = isWide ? 6 : 3;

    /// <summary>Vectors that a weight gradient takes at a time, of one input channel.</summary>
    public int GradientVectors { get; } = isWide ? 2 : 1;

    /// <summary>Input channels that a weight gradient takes at a time, with one vector.</summary>
    public int GradientChannels { get; } = isWide ? 2 : 1;

    public static ConvTiles For(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => new OfWidth<Vector512<float>, Lanes512>(isWide: true),
        VectorWidth.Bits256 => new OfWidth<Vector256<float>, Lanes256>(isWide: false),
        VectorWidth.Bits128 => new OfWidth<Vector128<float>, Lanes128>(AdvSimd.IsSupported),
        VectorWidth.Scalar => new OfWidth<float, LanesScalar>(isWide: false),
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a vector width."),
    };

    /// <summary>A tile of an input gradient.</summary>
    public abstract void SumTaps(int rows, int vectors, in TapSumTask task);

    /// <summary>The gradient of 3 x 3 kernels; not both numbers are 2.</summary>
    public abstract void TapGradient(int channels, int vectors, in TapGradientTask task);

    private sealed class OfWidth<TVector, TLanes>(bool isWide) : ConvTiles(isWide)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        public override void SumTaps(int rows, int vectors, in TapSumTask task)
        {
            if (vectors == 2) Sum<Counts.Two>(rows, task);
            else Sum<Counts.One>(rows, task);
        }

        public override void TapGradient(int channels, int vectors, in TapGradientTask task)
        {
            if (channels == 2) TapGradientKernel<TVector, TLanes, Counts.Two, Counts.One>.Run(task);
            else if (vectors == 2) TapGradientKernel<TVector, TLanes, Counts.One, Counts.Two>.Run(task);
            else TapGradientKernel<TVector, TLanes, Counts.One, Counts.One>.Run(task);
        }

        private static void Sum<TVectors>(int rows, in TapSumTask task)
            where TVectors : struct, ICount
        {
            switch (rows)
            {
                case 1: TapSumKernel<TVector, TLanes, Counts.One, TVectors>.Run(task); break;
                case 2: TapSumKernel<TVector, TLanes, Counts.Two, TVectors>.Run(task); break;
                case 3: TapSumKernel<TVector, TLanes, Counts.Three, TVectors>.Run(task); break;
                case 4: TapSumKernel<TVector, TLanes, Counts.Four, TVectors>.Run(task); break;
                case 5: TapSumKernel<TVector, TLanes, Counts.Five, TVectors>.Run(task); break;
                case 6: TapSumKernel<TVector, TLanes, Counts.Six, TVectors>.Run(task); break;
                default: throw new UnreachableException();
            }
        }
    }
}

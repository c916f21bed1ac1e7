using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>The operations behind <see cref="VectorOps"/>.</summary>
internal static class ElementOperations
{
    /// <summary>x + y.</summary>
    internal readonly struct Sum : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : struct, ILanes<TVector> => TLanes.Add(x, y);
    }

    /// <summary>x * factor.</summary>
    internal readonly struct Scaled : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : struct, ILanes<TVector> => TLanes.Multiply(x, factor);
    }

    /// <summary>fma(factor, x, y).</summary>
    internal readonly struct ScaledSum : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : struct, ILanes<TVector> => TLanes.FusedMultiplyAdd(factor, x, y);
    }

    /// <summary>y above zero ? x * factor : +0.</summary>
    internal readonly struct ScaledWherePositive : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : struct, ILanes<TVector>
        {
            var zero = TLanes.Broadcast(0f);
            return TLanes.Select(TLanes.LessThan(zero, y), TLanes.Multiply(x, factor), zero);
        }
    }

    /// <summary>e^x.</summary>
    internal readonly struct Exponential : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : struct, ILanes<TVector> => SingleExp<TVector, TLanes>.Of(x);
    }

    /// <summary>log x.</summary>
    internal readonly struct Logarithm : IElementOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
            where TVector : struct
            where TLanes : struct, ILanes<TVector> => SingleLog<TVector, TLanes>.Of(x);
    }
}

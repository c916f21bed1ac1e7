using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>result = f(x, y, factor), each element by itself.</summary>
internal interface IElementOperation
{
    static abstract TVector Apply<TVector, TLanes>(TVector x, TVector y, TVector factor)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>;
}

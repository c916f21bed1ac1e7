using System.Diagnostics;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Products.Kernels;

/// <inheritdoc cref="TileKernels"/>
internal sealed class TileKernels<TVector, TLanes>(int maxRows) : TileKernels(TLanes.Count, maxRows)
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    public override void Multiply(int rows, int vectors, in TileTask task)
    {
        if (vectors == 2)
        {
            switch (rows)
            {
                case 1: TileKernel<TVector, TLanes, Counts.One, Counts.Two>.Run(task); break;
                case 2: TileKernel<TVector, TLanes, Counts.Two, Counts.Two>.Run(task); break;
                case 3: TileKernel<TVector, TLanes, Counts.Three, Counts.Two>.Run(task); break;
                case 4: TileKernel<TVector, TLanes, Counts.Four, Counts.Two>.Run(task); break;
                case 5: TileKernel<TVector, TLanes, Counts.Five, Counts.Two>.Run(task); break;
                case 6: TileKernel<TVector, TLanes, Counts.Six, Counts.Two>.Run(task); break;
                case 7: TileKernel<TVector, TLanes, Counts.Seven, Counts.Two>.Run(task); break;
                case 8: TileKernel<TVector, TLanes, Counts.Eight, Counts.Two>.Run(task); break;
                case 9: TileKernel<TVector, TLanes, Counts.Nine, Counts.Two>.Run(task); break;
                case 10: TileKernel<TVector, TLanes, Counts.Ten, Counts.Two>.Run(task); break;
                case 11: TileKernel<TVector, TLanes, Counts.Eleven, Counts.Two>.Run(task); break;
                case 12: TileKernel<TVector, TLanes, Counts.Twelve, Counts.Two>.Run(task); break;
                default: throw new UnreachableException();
            }
        }
        else
        {
            switch (rows)
            {
                case 1: TileKernel<TVector, TLanes, Counts.One, Counts.One>.Run(task); break;
                case 2: TileKernel<TVector, TLanes, Counts.Two, Counts.One>.Run(task); break;
                case 3: TileKernel<TVector, TLanes, Counts.Three, Counts.One>.Run(task); break;
                case 4: TileKernel<TVector, TLanes, Counts.Four, Counts.One>.Run(task); break;
                case 5: TileKernel<TVector, TLanes, Counts.Five, Counts.One>.Run(task); break;
                case 6: TileKernel<TVector, TLanes, Counts.Six, Counts.One>.Run(task); break;
                case 7: TileKernel<TVector, TLanes, Counts.Seven, Counts.One>.Run(task); break;
                case 8: TileKernel<TVector, TLanes, Counts.Eight, Counts.One>.Run(task); break;
                case 9: TileKernel<TVector, TLanes, Counts.Nine, Counts.One>.Run(task); break;
                case 10: TileKernel<TVector, TLanes, Counts.Ten, Counts.One>.Run(task); break;
                case 11: TileKernel<TVector, TLanes, Counts.Eleven, Counts.One>.Run(task); break;
                case 12: TileKernel<TVector, TLanes, Counts.Twelve, Counts.One>.Run(task); break;
                default: throw new UnreachableException();
            }
        }
    }

    public override unsafe void Finish(float* tile, nint stride, int rows, int vectors, in TileFinish finish)
    {
        // tile [rows, vectors * lanes], bias [vectors * lanes] or [rows], gate [rows, vectors * lanes]
        var zero = TLanes.Broadcast(0f);
        var scale = TLanes.Broadcast(finish.Scale);
        var gateScale = TLanes.Broadcast(finish.GateScale);
        for (var vector = 0; vector < vectors; vector++)
        {
            var across = finish.Bias is not null && !finish.BiasRunsDown;
            var bias = across ? TLanes.Load(finish.Bias + (vector * TLanes.Count)) : zero;
            var element = tile + (vector * TLanes.Count);
            var gate = finish.Gate + (vector * TLanes.Count);
            for (var row = 0; row < rows; row++)
            {
                var x = TLanes.Load(element);
                if (finish.Bias is not null)
                    x = TLanes.Add(x, finish.BiasRunsDown ? TLanes.Broadcast(finish.Bias[row]) : bias);
                if (finish.Relu)
                    x = TLanes.Select(TLanes.LessThanOrEqual(x, zero), zero, x);
                if (finish.Scale != 1f)
                    x = TLanes.Multiply(x, scale);
                if (finish.Gate is not null)
                {
                    x = TLanes.Select(TLanes.LessThan(zero, TLanes.Load(gate)), TLanes.Multiply(x, gateScale), zero);
                    gate += finish.GateStride;
                }

                TLanes.Store(x, element);
                element += stride;
            }
        }
    }
}

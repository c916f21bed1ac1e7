using System.Diagnostics;
using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Products.Kernels;

/// <inheritdoc cref="TileKernels"/>
internal sealed class TileKernels<TVector, TLanes>(int maxRows) : TileKernels(TLanes.Count, maxRows)
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    public override void Multiply(int rows, int vectors, in TileTask task) => Run<EvenWalk>(rows, vectors, task);

    public override void MultiplyListed(int rows, int vectors, in TileTask task) => Run<ListedWalk>(rows, vectors, task);

    private static void Run<TWalk>(int rows, int vectors, in TileTask task)
        where TWalk : struct, IWalk
    {
        if (vectors == 2)
        {
            switch (rows)
            {
                case 1: TileKernel<TVector, TLanes, Counts.One, Counts.Two, TWalk>.Run(task); break;
                case 2: TileKernel<TVector, TLanes, Counts.Two, Counts.Two, TWalk>.Run(task); break;
                case 3: TileKernel<TVector, TLanes, Counts.Three, Counts.Two, TWalk>.Run(task); break;
                case 4: TileKernel<TVector, TLanes, Counts.Four, Counts.Two, TWalk>.Run(task); break;
                case 5: TileKernel<TVector, TLanes, Counts.Five, Counts.Two, TWalk>.Run(task); break;
                case 6: TileKernel<TVector, TLanes, Counts.Six, Counts.Two, TWalk>.Run(task); break;
                case 7: TileKernel<TVector, TLanes, Counts.Seven, Counts.Two, TWalk>.Run(task); break;
                case 8: TileKernel<TVector, TLanes, Counts.Eight, Counts.Two, TWalk>.Run(task); break;
                case 9: TileKernel<TVector, TLanes, Counts.Nine, Counts.Two, TWalk>.Run(task); break;
                case 10: TileKernel<TVector, TLanes, Counts.Ten, Counts.Two, TWalk>.Run(task); break;
                case 11: TileKernel<TVector, TLanes, Counts.Eleven, Counts.Two, TWalk>.Run(task); break;
                case 12: TileKernel<TVector, TLanes, Counts.Twelve, Counts.Two, TWalk>.Run(task); break;
                default: throw new UnreachableException();
            }
        }
        else
        {
            switch (rows)
            {
                case 1: TileKernel<TVector, TLanes, Counts.One, Counts.One, TWalk>.Run(task); break;
                case 2: TileKernel<TVector, TLanes, Counts.Two, Counts.One, TWalk>.Run(task); break;
                case 3: TileKernel<TVector, TLanes, Counts.Three, Counts.One, TWalk>.Run(task); break;
                case 4: TileKernel<TVector, TLanes, Counts.Four, Counts.One, TWalk>.Run(task); break;
                case 5: TileKernel<TVector, TLanes, Counts.Five, Counts.One, TWalk>.Run(task); break;
                case 6: TileKernel<TVector, TLanes, Counts.Six, Counts.One, TWalk>.Run(task); break;
                case 7: TileKernel<TVector, TLanes, Counts.Seven, Counts.One, TWalk>.Run(task); break;
                case 8: TileKernel<TVector, TLanes, Counts.Eight, Counts.One, TWalk>.Run(task); break;
                case 9: TileKernel<TVector, TLanes, Counts.Nine, Counts.One, TWalk>.Run(task); break;
                case 10: TileKernel<TVector, TLanes, Counts.Ten, Counts.One, TWalk>.Run(task); break;
                case 11: TileKernel<TVector, TLanes, Counts.Eleven, Counts.One, TWalk>.Run(task); break;
                case 12: TileKernel<TVector, TLanes, Counts.Twelve, Counts.One, TWalk>.Run(task); break;
                default: throw new UnreachableException();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override unsafe void Finish(
        float* tile, nint stride, float* target, nint targetStride, int rows, int vectors, in TileFinish finish)
    {
        // tile and target [rows, vectors * lanes], bias [vectors * lanes] or [rows], gate [rows, vectors * lanes]
        // What is not asked for runs along without a trace, as branches cost more: x + -0 and x * 1 are x to the bit,
        // and nothing is less than or equal to NaN.
        var zero = TLanes.Broadcast(0f);
        var limit = TLanes.Broadcast(finish.Relu ? 0f : float.NaN);
        var scale = TLanes.Broadcast(finish.Scale);
        var gateScale = TLanes.Broadcast(finish.GateScale);
        var across = finish.BiasRunsDown ? null : finish.Bias;
        var down = finish.BiasRunsDown ? finish.Bias : null;
        for (var vector = 0; vector < vectors; vector++)
        {
            var first = vector * TLanes.Count;
            var bias = across is null ? TLanes.Broadcast(-0f) : TLanes.Load(across + first);
            var from = tile + first;
            var to = target + first;
            var gate = finish.Gate is null ? null : finish.Gate + first;
            for (var row = 0; row < rows; row++)
            {
                if (down is not null) bias = TLanes.Broadcast(down[row]);
                var x = TLanes.Add(TLanes.Load(from), bias);
                x = TLanes.Multiply(TLanes.Select(TLanes.LessThanOrEqual(x, limit), zero, x), scale);
                if (gate is not null)
                {
                    x = TLanes.Select(TLanes.LessThan(zero, TLanes.Load(gate)), TLanes.Multiply(x, gateScale), zero);
                    gate += finish.GateStride;
                }

                TLanes.Store(x, to);
                from += stride;
                to += targetStride;
            }
        }
    }
}

using System.Runtime.CompilerServices;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products.Kernels;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>What <see cref="TapGradientKernel{TVector, TLanes, TChannels, TVectors}"/> reads and writes. All steps count floats.</summary>
internal readonly unsafe struct TapGradientTask
{
    /// <summary>First padded map that is read.</summary>
    public float* Maps { get; init; }

    /// <summary>Floats from a padded map to the next.</summary>
    public nint MapStep { get; init; }

    /// <summary>Floats from a row of a padded map to the next.</summary>
    public nint Pitch { get; init; }

    /// <summary>Gradients of the outputs: [rows, columns, vectors * lanes], the lanes being output channels.</summary>
    public float* Outputs { get; init; }

    public int Rows { get; init; }

    public int Columns { get; init; }

    /// <summary>[channels, 9, vectors * lanes]: where the chains begin and end.</summary>
    public float* C { get; init; }
}

/// <summary>
/// The gradient of 3 x 3 kernels of one or two input channels towards one or two vectors of output channels: each element is a
/// chain of fused multiply-adds over (row, column) of the outputs, which goes on from image to image.
/// </summary>
/// <remarks>18 accumulators, 2 vectors of outputs, 1 input. Inputs are read where they lie, outputs with their channels last.</remarks>
internal static unsafe class TapGradientKernel<TVector, TLanes, TChannels, TVectors>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
    where TChannels : struct, ICount
    where TVectors : struct, ICount
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in TapGradientTask task)
    {
        var c = task.C;
        var line = TVectors.Value * TLanes.Count;
        TVector p0 = TLanes.Load(c), p1 = TLanes.Load(c + line), p2 = TLanes.Load(c + (2 * line)), p3 = TLanes.Load(c + (3 * line));
        TVector p4 = TLanes.Load(c + (4 * line)), p5 = TLanes.Load(c + (5 * line)), p6 = TLanes.Load(c + (6 * line));
        TVector p7 = TLanes.Load(c + (7 * line)), p8 = TLanes.Load(c + (8 * line));
        TVector q0 = default, q1 = default, q2 = default, q3 = default;
        TVector q4 = default, q5 = default, q6 = default, q7 = default, q8 = default;
        if (TVectors.Value > 1 || TChannels.Value > 1)
        {
            // The second vector of the first channel, or the first one of the second.
            var other = c + (TVectors.Value > 1 ? TLanes.Count : 9 * line);
            q0 = TLanes.Load(other);
            q1 = TLanes.Load(other + line);
            q2 = TLanes.Load(other + (2 * line));
            q3 = TLanes.Load(other + (3 * line));
            q4 = TLanes.Load(other + (4 * line));
            q5 = TLanes.Load(other + (5 * line));
            q6 = TLanes.Load(other + (6 * line));
            q7 = TLanes.Load(other + (7 * line));
            q8 = TLanes.Load(other + (8 * line));
        }

        var outputs = task.Outputs;
        var map = task.MapStep;
        for (var row = 0; row < task.Rows; row++)
        {
            var x0 = task.Maps + (row * task.Pitch);
            var x1 = x0 + task.Pitch;
            var x2 = x1 + task.Pitch;
            for (var column = 0; column < task.Columns; column++)
            {
                var b0 = TLanes.Load(outputs);
                var b1 = TVectors.Value > 1 ? TLanes.Load(outputs + TLanes.Count) : default;
                outputs += line;

                var a0 = TLanes.Broadcast(x0[0]);
                p0 = TLanes.FusedMultiplyAdd(a0, b0, p0);
                if (TVectors.Value > 1) q0 = TLanes.FusedMultiplyAdd(a0, b1, q0);
                if (TChannels.Value > 1) q0 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x0 + map)[0]), b0, q0);

                var a1 = TLanes.Broadcast(x0[1]);
                p1 = TLanes.FusedMultiplyAdd(a1, b0, p1);
                if (TVectors.Value > 1) q1 = TLanes.FusedMultiplyAdd(a1, b1, q1);
                if (TChannels.Value > 1) q1 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x0 + map)[1]), b0, q1);

                var a2 = TLanes.Broadcast(x0[2]);
                p2 = TLanes.FusedMultiplyAdd(a2, b0, p2);
                if (TVectors.Value > 1) q2 = TLanes.FusedMultiplyAdd(a2, b1, q2);
                if (TChannels.Value > 1) q2 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x0 + map)[2]), b0, q2);

                var a3 = TLanes.Broadcast(x1[0]);
                p3 = TLanes.FusedMultiplyAdd(a3, b0, p3);
                if (TVectors.Value > 1) q3 = TLanes.FusedMultiplyAdd(a3, b1, q3);
                if (TChannels.Value > 1) q3 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x1 + map)[0]), b0, q3);

                var a4 = TLanes.Broadcast(x1[1]);
                p4 = TLanes.FusedMultiplyAdd(a4, b0, p4);
                if (TVectors.Value > 1) q4 = TLanes.FusedMultiplyAdd(a4, b1, q4);
                if (TChannels.Value > 1) q4 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x1 + map)[1]), b0, q4);

                var a5 = TLanes.Broadcast(x1[2]);
                p5 = TLanes.FusedMultiplyAdd(a5, b0, p5);
                if (TVectors.Value > 1) q5 = TLanes.FusedMultiplyAdd(a5, b1, q5);
                if (TChannels.Value > 1) q5 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x1 + map)[2]), b0, q5);

                var a6 = TLanes.Broadcast(x2[0]);
                p6 = TLanes.FusedMultiplyAdd(a6, b0, p6);
                if (TVectors.Value > 1) q6 = TLanes.FusedMultiplyAdd(a6, b1, q6);
                if (TChannels.Value > 1) q6 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x2 + map)[0]), b0, q6);

                var a7 = TLanes.Broadcast(x2[1]);
                p7 = TLanes.FusedMultiplyAdd(a7, b0, p7);
                if (TVectors.Value > 1) q7 = TLanes.FusedMultiplyAdd(a7, b1, q7);
                if (TChannels.Value > 1) q7 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x2 + map)[1]), b0, q7);

                var a8 = TLanes.Broadcast(x2[2]);
                p8 = TLanes.FusedMultiplyAdd(a8, b0, p8);
                if (TVectors.Value > 1) q8 = TLanes.FusedMultiplyAdd(a8, b1, q8);
                if (TChannels.Value > 1) q8 = TLanes.FusedMultiplyAdd(TLanes.Broadcast((x2 + map)[2]), b0, q8);

                x0++;
                x1++;
                x2++;
            }
        }

        TLanes.Store(p0, c);
        TLanes.Store(p1, c + line);
        TLanes.Store(p2, c + (2 * line));
        TLanes.Store(p3, c + (3 * line));
        TLanes.Store(p4, c + (4 * line));
        TLanes.Store(p5, c + (5 * line));
        TLanes.Store(p6, c + (6 * line));
        TLanes.Store(p7, c + (7 * line));
        TLanes.Store(p8, c + (8 * line));
        if (TVectors.Value > 1 || TChannels.Value > 1)
        {
            var other = c + (TVectors.Value > 1 ? TLanes.Count : 9 * line);
            TLanes.Store(q0, other);
            TLanes.Store(q1, other + line);
            TLanes.Store(q2, other + (2 * line));
            TLanes.Store(q3, other + (3 * line));
            TLanes.Store(q4, other + (4 * line));
            TLanes.Store(q5, other + (5 * line));
            TLanes.Store(q6, other + (6 * line));
            TLanes.Store(q7, other + (7 * line));
            TLanes.Store(q8, other + (8 * line));
        }
    }
}

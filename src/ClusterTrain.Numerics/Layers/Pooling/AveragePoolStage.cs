using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>Average pooling: over blocks, each sum one chain over (row, column) in double precision, or over whole maps.</summary>
/// <param name="Map">What is read, with all channels.</param>
/// <param name="Pool">Window, or none for the whole map.</param>
/// <param name="Pooled">What is written, with all channels.</param>
public sealed record AveragePoolStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, MapShape Map, Window? Pool, MapShape Pooled)
    : Stage(Weight, Bias, Input, Output), IKernelSource
{
    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    /// <summary>Behind what was built so far.</summary>
    public static AveragePoolStage Over(NetworkBuilder network, LayerPlace place, Window? window)
    {
        var (weight, bias) = network.UnitRows(place.Path, 0, hasBias: false);
        var output = network.NextOfSame(place.Output.Area);
        return new(weight, bias, network.Site, output, place.Input, window, place.Output);
    }

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new Kernel(this, products, maxBatch);

    private sealed class Kernel(AveragePoolStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
    {
        private readonly double[] _sums = new double[stage.Map.Channels];

        public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
        {
            var maps = batch * Mask[Stage.Output].Count;
            var y = Output.Span[..(batch * Outputs)];
            if (stage.Pool is { } pool) Blocks(x, maps, pool, y);
            else Means(x, y);
            var scale = Mask[Stage.Output].Scale;
            if (scale != 1f) VectorOps.Scale(y, scale);
        }

        protected override void BackwardLinear(
            ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
        {
            if (dx.IsEmpty) return;
            var (map, maps) = (stage.Map, batch * Mask[Stage.Output].Count);
            if (stage.Pool is not { } pool)
            {
                for (var i = 0; i < maps; i++) dx.Slice(i * map.Area, map.Area).Fill(dz[i] / map.Area);
                return;
            }

            dx.Clear();
            var area = stage.Pooled.Area;
            for (var i = 0; i < maps; i++)
            {
                var target = dx.Slice(i * map.Area, map.Area);
                for (var place = 0; place < area; place++)
                {
                    var (slope, corner) = (dz[(i * area) + place] / pool.Area, Corner(place, pool));
                    for (var row = 0; row < pool.Size; row++)
                        for (var column = 0; column < pool.Size; column++)
                            target[corner + (row * map.Width) + column] += slope;
                }
            }
        }

        private void Means(ReadOnlySpan<float> x, Span<float> y)
        {
            var units = Mask[Stage.Output].Count;
            for (var row = 0; row < (units == 0 ? 0 : y.Length / units); row++)
            {
                UnitMoments.Sum(x.Slice(row * Inputs, Inputs), units, stage.Map.Area, _sums.AsSpan(0, units));
                for (var unit = 0; unit < units; unit++) y[(row * units) + unit] = (float)(_sums[unit] / stage.Map.Area);
            }
        }

        private void Blocks(ReadOnlySpan<float> x, int maps, Window pool, Span<float> y)
        {
            var (map, area) = (stage.Map, stage.Pooled.Area);
            for (var i = 0; i < maps; i++)
            {
                var source = x.Slice(i * map.Area, map.Area);
                for (var place = 0; place < area; place++)
                {
                    var (sum, corner) = (0.0, Corner(place, pool));
                    for (var row = 0; row < pool.Size; row++)
                        for (var column = 0; column < pool.Size; column++)
                            sum += source[corner + (row * map.Width) + column];
                    y[(i * area) + place] = (float)(sum / pool.Area);
                }
            }
        }

        private int Corner(int place, Window pool)
        {
            var (row, column) = Math.DivRem(place, stage.Pooled.Width);
            return (row * pool.Stride * stage.Map.Width) + (column * pool.Stride);
        }
    }
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Data;

namespace ClusterTrain.Training.Planning;

/// <summary>Mean and deviation of each channel of the training rows, added in a fixed order in double precision.</summary>
internal static class ChannelMoments
{
    /// <returns>[channels] each; a channel without any spread has the deviation 1.</returns>
    public static (double[] Mean, double[] Deviation) Of(Dataset data)
    {
        var shape = MapShape.Of(data.InputShape);
        ReadOnlySpan<float> inputs = data.Train.Inputs.Span[..(data.Train.Rows * data.Train.Features)];
        var (mean, deviation) = (new double[shape.Channels], new double[shape.Channels]);
        var count = (double)data.Train.Rows * shape.Area;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            var (sum, squares) = (0.0, 0.0);
            for (var run = channel * shape.Area; run < inputs.Length; run += shape.Features)
                foreach (var value in inputs.Slice(run, shape.Area)) sum += value;
            mean[channel] = sum / count;
            for (var run = channel * shape.Area; run < inputs.Length; run += shape.Features)
                foreach (var value in inputs.Slice(run, shape.Area)) squares += (value - mean[channel]) * (value - mean[channel]);
            deviation[channel] = squares == 0 ? 1 : Math.Sqrt(squares / count);
        }

        return (mean, deviation);
    }
}

using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// A way to run a convolution, a few images at a time: x [images, kept input channels, height, width], maps [images, kept output
/// channels, output height, output width]. The order of every sum is <see cref="ConvKernel"/>'s.
/// </summary>
internal interface IConvolution
{
    /// <summary>Takes the numbers of kept channels that are read and written; the weights may be others from now on.</summary>
    void Bind(int channels, int outChannels);

    /// <summary>Writes the maps; bias, ReLU and scale as <paramref name="epilogue"/> has them.</summary>
    void Forward(ReadOnlySpan<float> x, int images, KeptWeights weights, Epilogue epilogue, Span<float> maps);

    /// <summary>Adds to the gradient of the kept weights [out, in * kernel * kernel].</summary>
    /// <param name="isFirst">Whether these are the first images: the gradient begins at +0.</param>
    /// <param name="isLast">Whether these are the last images: only then need the gradient be in its place.</param>
    void WeightGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> maps, int images, Span<float> gradient, bool isFirst, bool isLast);

    /// <summary>Writes the gradient of x from that of the maps.</summary>
    void InputGradient(ReadOnlySpan<float> maps, int images, KeptWeights weights, Span<float> dx);
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas.Convolution;
using ClusterTrain.Numerics.Replicas.Elements;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>
/// A network with parameters and a mask, ready to run forward and back. With a thinning mask it is the cut-out
/// sub-network: rows hold only the kept inputs, every product is as small as the kept units, and the gradient has the
/// layout of the cut-out parameters. Each kind of stage has its kernel, forward beside backward.
/// </summary>
/// <remarks>
/// Shapes: rows [batch, kept inputs], where an input channel is a block of its map's positions; logits [batch, classes];
/// gradient as <see cref="ReplicaMask"/> lays it out. Owns its memory, sized for <c>maxBatch</c> rows; one per thread.
/// </remarks>
public sealed class Replica : ILossSurface
{
    private readonly StageKernel[] _stages;
    private readonly AlignedBuffer _input;
    private readonly float[] _losses;
    private AlignedBuffer _upstream;
    private AlignedBuffer _downstream;
    private ReplicaMask _mask;
    private ExampleMasks? _exampleMasks;

    public Replica(Network network, IMatrixProducts products, int maxBatch)
    {
        Network = network;
        _stages = [.. network.Stages.Select(stage => Kernel(stage, products, maxBatch))];
        _input = new AlignedBuffer(maxBatch * network.Inputs);
        _upstream = new AlignedBuffer((maxBatch * network.WidestSite) + StageKernel.Slack);
        _downstream = new AlignedBuffer((maxBatch * network.WidestSite) + StageKernel.Slack);
        _losses = new float[maxBatch];
        _mask = new ReplicaMask(network);
    }

    public Network Network { get; }

    public int Features => _mask.Inputs.Features;

    /// <summary>
    /// Takes parameters and mask for the calls that follow. Both are read later as well and must not change until the
    /// next call.
    /// </summary>
    /// <param name="parameters">The full network's flat vector.</param>
    /// <param name="mask">Units to keep.</param>
    /// <param name="exampleMasks">Row-wise dropout on top of a full mask, or none.</param>
    /// <param name="draw">DropConnect and noise of one shard's weights, or none.</param>
    public void Bind(
        ReadOnlyMemory<float> parameters, ReplicaMask mask, ExampleMasks? exampleMasks = null, WeightDraw? draw = null)
    {
        _mask = mask;
        _exampleMasks = exampleMasks;
        foreach (var stage in _stages) stage.Bind(parameters, mask, draw);
    }

    /// <summary>
    /// Class scores of rows [batch, kept inputs]: [batch, classes], valid until the next call. Normalization takes running
    /// statistics, so that rows do not influence each other.
    /// </summary>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> rows, int batch) => Forward(rows, batch, isTraining: false);

    private ReadOnlySpan<float> Forward(ReadOnlySpan<float> rows, int batch, bool isTraining)
    {
        var input = _input.Span[..(batch * Features)];
        rows[..input.Length].CopyTo(input);
        Scale(input, _mask.Inputs.Scale);
        _exampleMasks?.Apply(Network.Sites[0], input);
        ReadOnlySpan<float> x = input;
        foreach (var kernel in _stages)
        {
            kernel.Forward(x, batch, isTraining);
            var y = kernel.Output.Span[..(batch * kernel.Outputs)];
            _exampleMasks?.Apply(kernel.Stage.Output, y);
            x = y;
        }

        return x;
    }

    /// <summary>What a stage wrote in the last <see cref="Forward(ReadOnlySpan{float}, int)"/>: [batch, kept outputs], after activation and pooling.</summary>
    public ReadOnlySpan<float> Activations(int stage, int batch) => _stages[stage].Output.Span[..(batch * _stages[stage].Outputs)];

    /// <summary>
    /// Loss of each example and the gradient of their mean by every parameter. Rows [copies * examples, kept inputs];
    /// gradient [<see cref="ReplicaMask.ParameterCount"/>], overwritten; losses [examples]; predictions [examples], of the
    /// last copy. Normalization takes the rows' own statistics, which stand in the gradient in the running ones' place.
    /// </summary>
    public void Gradient(
        ITrainingLoss loss, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient,
        Span<float> losses, Span<byte> predictions)
    {
        var (examples, classes) = (labels.Length, Network.Outputs);
        var logits = Forward(rows, loss.Copies * examples, isTraining: true);
        var last = logits[((loss.Copies - 1) * examples * classes)..];
        for (var row = 0; row < examples; row++)
            predictions[row] = (byte)SoftmaxCrossEntropy.Predict(last.Slice(row * classes, classes));
        loss.Evaluate(logits, labels, classes, losses, _upstream.Span[..logits.Length]);
        Backward(loss.Copies * examples, gradient);
    }

    /// <summary>The same for cross-entropy with label smoothing.</summary>
    public void Gradient(
        ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, float smoothing, Span<float> gradient,
        Span<float> losses, Span<byte> predictions) =>
        Gradient(new SmoothedCrossEntropy(smoothing), rows, labels, gradient, losses, predictions);

    public int Classes => Network.Outputs;

    public ReadOnlySpan<float> Logits(ReadOnlySpan<float> rows, int batch) => Forward(rows, batch);

    public void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient) =>
        InputGradient(CrossEntropyLoss.Instance, rows, labels, gradient, _losses.AsSpan(0, labels.Length));

    public void InputGradient(
        ILogitLoss loss, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient, Span<float> losses)
    {
        var batch = labels.Length;
        var logits = Forward(rows, batch);
        loss.Evaluate(logits, labels, Network.Outputs, losses, _upstream.Span[..logits.Length]);
        Backward(batch, default);
        var dx = _upstream.Span[..(batch * Features)];
        _exampleMasks?.Apply(Network.Sites[0], dx);
        Scale(dx, _mask.Inputs.Scale);
        dx.CopyTo(gradient);
    }

    public void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses) =>
        SoftmaxCrossEntropy.Forward(Forward(rows, labels.Length), labels, Network.Outputs, 0f, losses);

    /// <summary>
    /// From the logits' gradient in <see cref="_upstream"/> down the stages. With a parameter gradient it stops above
    /// the inputs; without one it goes on to them and leaves theirs in <see cref="_upstream"/>.
    /// </summary>
    private void Backward(int batch, Span<float> gradient)
    {
        var withParameters = !gradient.IsEmpty;
        var isGated = false;
        for (var i = _stages.Length - 1; i >= 0; i--)
        {
            var kernel = _stages[i];
            var x = (i == 0 ? _input : _stages[i - 1].Output).Span[..(batch * kernel.Inputs)];
            var dy = _upstream.Span[..(batch * kernel.Outputs)];
            var dx = withParameters && i == 0 ? default : _downstream.Span[..x.Length];
            _exampleMasks?.Apply(kernel.Stage.Output, dy);
            // Where nothing comes between two stages, the lower one's ReLU and scale ride on the upper one's store.
            var gatesDx = i > 0 && _exampleMasks is null && kernel.GatesInputs && _stages[i - 1].Stage.Relu;
            kernel.Backward(
                x, dy, batch, withParameters ? GradientOf(kernel.Stage, gradient) : default, dx, isGated, gatesDx);
            isGated = gatesDx;
            (_upstream, _downstream) = (_downstream, _upstream);
        }
    }

    private Span<float> GradientOf(Stage stage, Span<float> gradient) =>
        stage.HasParameters ? gradient.Slice(_mask.WeightOffset(stage), _mask.StageLength(stage)) : default;

    private static StageKernel Kernel(Stage stage, IMatrixProducts products, int maxBatch) => stage switch
    {
        DenseStage dense => new DenseKernel(dense, products, maxBatch),
        ConvStage conv => new ConvKernel(conv, products, maxBatch),
        ElementStage element => new ElementKernel(element, products, maxBatch),
        _ => throw new ArgumentException($"No kernel for {stage.GetType().Name}.", nameof(stage)),
    };

    private static void Scale(Span<float> values, float factor)
    {
        if (factor != 1f) VectorOps.Scale(values, factor);
    }
}

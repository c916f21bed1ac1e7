using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
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
    private readonly List<AlignedBuffer> _slots = [];
    private readonly bool[] _isGated;
    private readonly int _maxBatch;
    private BackwardRoute? _parameterRoute;
    private BackwardRoute? _inputRoute;
    private ReplicaMask _mask;
    private ExampleMasks? _exampleMasks;

    public Replica(Network network, IMatrixProducts products, int maxBatch)
    {
        Network = network;
        _maxBatch = maxBatch;
        _stages = [.. network.Stages.Select(stage => ((IKernelSource)stage).CreateKernel(products, maxBatch))];
        _isGated = new bool[_stages.Length];
        _input = new AlignedBuffer((maxBatch * network.Inputs) + StageKernel.Slack);
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
        foreach (var kernel in _stages)
        {
            var x = Values(kernel.Stage.Input, batch);
            if (kernel.Stage.Second is { } second) kernel.Join(x, Values(second, batch), batch);
            else kernel.Forward(x, batch, isTraining);
            _exampleMasks?.Apply(kernel.Stage.Output, kernel.Output.Span[..(batch * kernel.Outputs)]);
        }

        return Values(Network.Sites[^1], batch);
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
        loss.Evaluate(logits, labels, classes, losses, Slot(0)[..logits.Length]);
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
        loss.Evaluate(logits, labels, Network.Outputs, losses, Slot(0)[..logits.Length]);
        var dx = Backward(batch, default);
        _exampleMasks?.Apply(Network.Sites[0], dx);
        Scale(dx, _mask.Inputs.Scale);
        dx.CopyTo(gradient);
    }

    public void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses) =>
        SoftmaxCrossEntropy.Forward(Forward(rows, labels.Length), labels, Network.Outputs, 0f, losses);

    /// <summary>
    /// From the logits' gradient in the first slot down the stages, the last one first. With a parameter gradient it stops
    /// where nothing below is trained; without one it goes on to the inputs.
    /// </summary>
    /// <returns>The inputs' gradient where it was asked for.</returns>
    /// <remarks>
    /// A site's gradient is the sum over its readers, the one that computes last first; of a stage that joins two sites, the
    /// second one's part comes before the first one's.
    /// </remarks>
    private Span<float> Backward(int batch, Span<float> gradient)
    {
        var withParameters = !gradient.IsEmpty;
        var route = withParameters ? _parameterRoute ??= new(_stages, toInputs: false) : _inputRoute ??= new(_stages, toInputs: true);
        Array.Clear(_isGated);
        for (var i = _stages.Length - 1; i >= 0; i--)
        {
            var (kernel, hop) = (_stages[i], route.Hops[i]);
            var own = withParameters ? GradientOf(kernel.Stage, gradient) : default;
            if (!hop.Runs)
            {
                own.Clear();
                continue;
            }

            var x = Values(kernel.Stage.Input, batch);
            var dy = Slot(hop.Upstream)[..(batch * kernel.Outputs)];
            _exampleMasks?.Apply(kernel.Stage.Output, dy);
            // Where nothing comes between two stages, the lower one's ReLU and scale ride on the upper one's store.
            var gatesDx = hop.MayGate && _exampleMasks is null;
            var dx = hop.Downstream < 0 ? default : Slot(hop.Downstream)[..x.Length];
            kernel.Backward(x, dy, batch, own, dx, _isGated[i], gatesDx);
            if (gatesDx) _isGated[kernel.Stage.Input.Index - 1] = true;
            if (hop.Second >= 0) Pass(dy, Slot(hop.Second)[..dy.Length], hop.SecondAdds);
            if (hop.Sum >= 0) VectorOps.Add(dx, Slot(hop.Sum)[..dx.Length]);
        }

        return route.Inputs < 0 ? default : Slot(route.Inputs)[..(batch * Features)];
    }

    private static void Pass(ReadOnlySpan<float> dy, Span<float> target, bool adds)
    {
        if (adds) VectorOps.Add(dy, target);
        else dy.CopyTo(target);
    }

    // A site's values as the last forward pass left them.
    private Span<float> Values(UnitSite site, int batch) =>
        (site.Index == 0 ? _input : _stages[site.Index - 1].Output).Span[..(batch * _mask[site].Features)];

    // Gradients of sites, made when they are first needed: what only predicts needs none.
    private Span<float> Slot(int index)
    {
        while (_slots.Count <= index) _slots.Add(new AlignedBuffer((_maxBatch * Network.WidestSite) + StageKernel.Slack));
        return _slots[index].Span;
    }

    private Span<float> GradientOf(Stage stage, Span<float> gradient) =>
        stage.HasParameters ? gradient.Slice(_mask.WeightOffset(stage), _mask.StageLength(stage)) : default;

    private static void Scale(Span<float> values, float factor)
    {
        if (factor != 1f) VectorOps.Scale(values, factor);
    }
}

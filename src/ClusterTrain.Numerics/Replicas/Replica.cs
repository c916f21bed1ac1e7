using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>
/// A network with parameters and a mask, ready to run forward and back. With a thinning mask it is the cut-out
/// sub-network: rows hold only the kept inputs, every product is as small as the kept units, and the gradient has the
/// layout of the cut-out parameters.
/// </summary>
/// <remarks>
/// Shapes: rows [batch, kept inputs], logits [batch, classes], gradient as <see cref="ReplicaMask"/> lays it out. Weights
/// are packed once per <see cref="Bind"/> and direction and serve all steps of an attack. Owns its memory, sized for
/// <c>maxBatch</c> rows; one per thread.
/// </remarks>
public sealed class Replica : ILossSurface
{
    private readonly IMatrixProducts _products;
    private readonly StageMemory[] _stages;
    private readonly AlignedBuffer _input;
    private readonly float[] _losses;
    private AlignedBuffer _upstream;
    private AlignedBuffer _downstream;
    private ReadOnlyMemory<float> _parameters;
    private ReplicaMask _mask;
    private ExampleMasks? _exampleMasks;

    public Replica(Network network, IMatrixProducts products, int maxBatch)
    {
        Network = network;
        _products = products;
        _stages = [.. network.Stages.Select(stage => new StageMemory(stage, maxBatch))];
        _input = new AlignedBuffer(maxBatch * network.Inputs);
        _upstream = new AlignedBuffer(maxBatch * network.WidestSite);
        _downstream = new AlignedBuffer(maxBatch * network.WidestSite);
        _losses = new float[maxBatch];
        _mask = new ReplicaMask(network);
    }

    public Network Network { get; }

    public int Features => _mask.Inputs.Count;

    /// <summary>
    /// Takes parameters and mask for the calls that follow. Both are read later as well and must not change until the
    /// next call.
    /// </summary>
    /// <param name="parameters">The full network's flat vector.</param>
    /// <param name="mask">Units to keep.</param>
    /// <param name="exampleMasks">Row-wise dropout on top of a full mask, or none.</param>
    public void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, ExampleMasks? exampleMasks = null)
    {
        _parameters = parameters;
        _mask = mask;
        _exampleMasks = exampleMasks;
        foreach (var stage in _stages) stage.Forget();
    }

    /// <summary>Class scores of rows [batch, kept inputs]: [batch, classes], valid until the next call.</summary>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> rows, int batch)
    {
        var input = _input.Span[..(batch * Features)];
        rows[..input.Length].CopyTo(input);
        Scale(input, _mask.Inputs.Scale);
        _exampleMasks?.Apply(Network.Sites[0], input);
        ReadOnlySpan<float> x = input;
        foreach (var memory in _stages)
        {
            var (stage, kept) = (memory.Stage, _mask[memory.Stage.Output]);
            var y = memory.Output.Span[..(batch * kept.Count)];
            _products.Multiply(
                new MatrixView(x, batch, _mask[stage.Input].Count),
                memory.ForwardWeights(_products, _parameters.Span, _mask),
                new MatrixTarget(y, batch, kept.Count),
                new Epilogue { Bias = memory.Bias(_parameters.Span, _mask), Relu = stage.Relu, Scale = kept.Scale });
            _exampleMasks?.Apply(stage.Output, y);
            x = y;
        }

        return x;
    }

    /// <summary>
    /// Loss of each row and the gradient of their mean by every parameter. Rows [batch, kept inputs]; gradient
    /// [<see cref="ReplicaMask.ParameterCount"/>], overwritten; losses [batch]; predictions [batch].
    /// </summary>
    public void Gradient(
        ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, float smoothing, Span<float> gradient,
        Span<float> losses, Span<byte> predictions)
    {
        var batch = labels.Length;
        var logits = Forward(rows, batch);
        for (var row = 0; row < batch; row++)
            predictions[row] = (byte)SoftmaxCrossEntropy.Predict(logits.Slice(row * Network.Outputs, Network.Outputs));
        var dy = _upstream.Span[..logits.Length];
        SoftmaxCrossEntropy.ForwardBackward(logits, labels, Network.Outputs, smoothing, 1f / batch, losses, dy);
        Backward(batch, gradient);
    }

    public void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient)
    {
        var batch = labels.Length;
        var logits = Forward(rows, batch);
        SoftmaxCrossEntropy.ForwardBackward(
            logits, labels, Network.Outputs, 0f, 1f, _losses, _upstream.Span[..logits.Length]);
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
        for (var i = _stages.Length - 1; i >= 0; i--)
        {
            var memory = _stages[i];
            var (stage, outputs, inputs) = (memory.Stage, _mask[memory.Stage.Output].Count, _mask[memory.Stage.Input].Count);
            var dz = _upstream.Span[..(batch * outputs)];
            BackwardActivation(memory, batch, dz);
            if (!gradient.IsEmpty)
            {
                var x = i == 0 ? _input.Span : _stages[i - 1].Output.Span;
                BackwardParameters(stage, x[..(batch * inputs)], dz, batch, gradient);
                if (i == 0) return;
            }

            var dx = _downstream.Span[..(batch * inputs)];
            _products.Multiply(
                new MatrixView(dz, batch, outputs),
                memory.BackwardWeights(_products, _parameters.Span, _mask),
                new MatrixTarget(dx, batch, inputs),
                new Epilogue());
            (_upstream, _downstream) = (_downstream, _upstream);
        }
    }

    private void BackwardActivation(StageMemory memory, int batch, Span<float> dy)
    {
        var kept = _mask[memory.Stage.Output];
        _exampleMasks?.Apply(memory.Stage.Output, dy);
        if (memory.Stage.Relu)
            VectorOps.ReluBackward(memory.Output.Span[..(batch * kept.Count)], dy, dy, kept.Scale);
        else
            Scale(dy, kept.Scale);
    }

    /// <summary>dW = dz^T x [out, in], db = column sums of dz [out].</summary>
    private void BackwardParameters(
        DenseStage stage, ReadOnlySpan<float> x, ReadOnlySpan<float> dz, int batch, Span<float> gradient)
    {
        var (outputs, inputs) = (_mask[stage.Output].Count, _mask[stage.Input].Count);
        var offset = _mask.WeightOffset(stage);
        _products.Multiply(
            new MatrixView(dz, batch, outputs).Transpose(),
            new MatrixView(x, batch, inputs),
            new MatrixTarget(gradient.Slice(offset, outputs * inputs), outputs, inputs),
            new Epilogue());
        VectorOps.ColumnSums(dz, batch, outputs, outputs, gradient.Slice(offset + (outputs * inputs), outputs));
    }

    private static void Scale(Span<float> values, float factor)
    {
        if (factor != 1f) VectorOps.Scale(values, factor);
    }
}

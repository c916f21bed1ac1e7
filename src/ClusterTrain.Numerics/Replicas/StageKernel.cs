using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>Runs one stage of a replica, forward beside backward, with the memory it needs for that.</summary>
/// <remarks>Rows hold whole blocks of the kept units: x [batch, kept inputs * area], y [batch, kept outputs * area].</remarks>
public abstract class StageKernel(Stage stage, IMatrixProducts products, int maxBatch)
{
    /// <summary>Loads and stores of whole vectors may reach this far beyond what they mean.</summary>
    public const int Slack = 64;

    public Stage Stage { get; } = stage;

    /// <summary>[batch, <see cref="Outputs"/>]: after bias, activation, scale and pooling.</summary>
    public AlignedBuffer Output { get; } = new((maxBatch * stage.Output.Features) + Slack);

    /// <summary>Floats of a row that is read.</summary>
    public int Inputs => Mask[Stage.Input].Features;

    /// <summary>Floats of a row that is written.</summary>
    public int Outputs => Mask[Stage.Output].Features;

    protected IMatrixProducts Products { get; } = products;

    protected KeptWeights Weights { get; } = new(stage);

    protected ReplicaMask Mask { get; private set; } = null!;

    /// <summary>
    /// Whether <see cref="Backward"/> may write dx over dy: it reads no value of dy after it has written its place in dx.
    /// </summary>
    public virtual bool WritesInPlace => false;

    /// <summary>Whether <see cref="Backward"/> can gate dx as it stores it.</summary>
    public virtual bool GatesInputs => false;

    /// <summary>Takes parameters and mask for the calls that follow.</summary>
    /// <param name="parameters">The full network's flat vector.</param>
    /// <param name="mask">Units to keep.</param>
    /// <param name="draw">What happens to weights in training, or nothing.</param>
    public virtual void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        Mask = mask;
        Weights.Bind(parameters, mask, draw);
    }

    /// <summary>Fills <see cref="Output"/> from <paramref name="x"/> [batch, <see cref="Inputs"/>].</summary>
    /// <param name="isTraining">Whether normalization takes the batch's statistics instead of the running ones.</param>
    public abstract void Forward(ReadOnlySpan<float> x, int batch, bool isTraining);

    /// <summary>The same from two sites, where the stage joins them; both [batch, <see cref="Inputs"/>].</summary>
    public virtual void Join(ReadOnlySpan<float> x, ReadOnlySpan<float> second, int batch) =>
        throw new NotSupportedException($"{Stage.GetType().Name} reads one site.");

    /// <summary>
    /// Backward of the last <see cref="Forward"/>. Overwrites <paramref name="dy"/> [batch, <see cref="Outputs"/>].
    /// </summary>
    /// <param name="gradient">The cut-out weight, then the bias; empty when not wanted.</param>
    /// <param name="dx">
    /// [batch, <see cref="Inputs"/>]; empty when not wanted; the memory of dy where <see cref="WritesInPlace"/>.
    /// </param>
    /// <param name="dyIsGated">Whether the stage above has taken dy through this stage's ReLU and scale already.</param>
    /// <param name="gatesDx">
    /// Whether to take dx through the ReLU and scale that x came out of; only where <see cref="GatesInputs"/>.
    /// </param>
    public void Backward(
        ReadOnlySpan<float> x, Span<float> dy, int batch, Span<float> gradient, Span<float> dx,
        bool dyIsGated = false, bool gatesDx = false)
    {
        if (!dyIsGated) BackwardActivation(dy);
        BackwardLinear(x, dy, batch, gradient, dx, gatesDx);
        if (!gradient.IsEmpty) Weights.Backward(gradient);
    }

    /// <summary>The same below the activation; <paramref name="dz"/> is what arrives there.</summary>
    protected abstract void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx);

    private void BackwardActivation(Span<float> dy)
    {
        var scale = Mask[Stage.Output].Scale;
        if (Stage.Relu)
            VectorOps.ReluBackward(Output.Span[..dy.Length], dy, dy, scale);
        else if (scale != 1f)
            VectorOps.Scale(dy, scale);
    }
}

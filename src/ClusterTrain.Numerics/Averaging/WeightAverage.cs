using System.Numerics;
using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Averaging;

/// <summary>
/// A mean of the weights over steps that is the run's model, while training goes on with the weights themselves. Running
/// statistics of normalization are averaged like weights, so that the mean needs no pass over the data.
/// </summary>
public abstract record WeightAverage : Technique
{
    /// <summary>The means that a spec can name.</summary>
    public static readonly Catalogue<WeightAverage> Catalogue = new(
        "average", average => average.Name,
        new NoAverage(),
        new EmaAverage(),
        new SwaAverage());

    /// <summary>Whether there is one beside the weights.</summary>
    public virtual bool IsOn => true;

    /// <summary>
    /// What the mean moves by towards the weights that a step has made, a in mean += a * (weights - mean): 1 takes them as they
    /// are, 0 leaves the mean.
    /// </summary>
    /// <param name="step">The step, 0 for the first.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    public abstract double Share(long step, long steps, int stepsPerEpoch);

    /// <summary>One move of a run of weights; elementwise, so that bits do not depend on how they are divided.</summary>
    /// <param name="share">See <see cref="Share"/>.</param>
    /// <param name="weights">The new weights.</param>
    /// <param name="mean">[weights], moved.</param>
    public static void Move(double share, ReadOnlySpan<float> weights, Span<float> mean)
    {
        if (share <= 0) return;
        if (share >= 1)
        {
            weights.CopyTo(mean);
            return;
        }

        var (width, factor) = (Vector<float>.Count, (float)share);
        var factors = new Vector<float>(factor);
        var i = 0;
        for (; i <= mean.Length - width; i += width)
        {
            var old = new Vector<float>(mean[i..]);
            (old + (factors * (new Vector<float>(weights[i..]) - old))).CopyTo(mean[i..]);
        }

        for (; i < mean.Length; i++) mean[i] += factor * (weights[i] - mean[i]);
    }
}

/// <summary>The weights themselves are the model.</summary>
public sealed record NoAverage : WeightAverage
{
    public override string Name => "none";

    public override string Meaning => "the weights of the last step, or of the best state, are the model";

    public override bool IsOn => false;

    public override double Share(long step, long steps, int stepsPerEpoch) => 1;
}

using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>What a member says of the test rows, [rows, classes].</summary>
/// <param name="Logarithms">Log-probabilities.</param>
/// <param name="Probabilities">Their exponentials.</param>
internal sealed record MemberPredictions(float[] Logarithms, float[] Probabilities)
{
    /// <param name="context">Test rows and products.</param>
    /// <param name="mask">A network's mask: full for a whole network.</param>
    /// <param name="parameters">Of that network, flat.</param>
    public static MemberPredictions Of(RunContext context, ReplicaMask mask, ReadOnlyMemory<float> parameters)
    {
        var (network, examples) = (mask.Network, context.Data.Test);
        var replica = new Replica(network, context.CreateProducts(), EvaluationChunk.MaxRows);
        replica.Bind(parameters, mask);
        var (classes, features) = (network.Outputs, mask.Inputs.Features);
        var logarithms = new float[examples.Rows * classes];
        var rows = new float[EvaluationChunk.MaxRows * features];
        foreach (var chunk in EvaluationChunk.Of(Split.Test, examples.Rows))
        {
            for (var i = 0; i < chunk.Rows; i++)
                mask.Inputs.Gather(examples.Row(chunk.First + i), rows.AsSpan(i * features, features));
            var logits = replica.Forward(rows.AsSpan(0, chunk.Rows * features), chunk.Rows);
            for (var i = 0; i < chunk.Rows; i++)
                SoftmaxCrossEntropy.LogSoftmax(logits.Slice(i * classes, classes), logarithms.AsSpan((chunk.First + i) * classes, classes));
        }

        var probabilities = new float[logarithms.Length];
        VectorOps.Exp(logarithms, probabilities);
        return new MemberPredictions(logarithms, probabilities);
    }

    /// <summary>Of the whole network in inference mode.</summary>
    public static MemberPredictions OfWhole(RunContext context, Network network, ReadOnlyMemory<float> parameters) =>
        Of(context, new ReplicaMask(network).Fill(), parameters);
}

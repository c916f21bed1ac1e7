using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Networks;

/// <summary>First values of parameters.</summary>
public static class Initialization
{
    /// <summary>
    /// Weights and biases uniform in +-1/sqrt(inputs of the unit): He et al. 2015 (eq. 10) with the gain that common
    /// frameworks use for dense and convolutional layers, so that recipes carry over.
    /// </summary>
    public static void Fill(Network network, Span<float> parameters, long seed)
    {
        for (var i = 0; i < network.Stages.Length; i++)
        {
            var stage = network.Stages[i];
            if (stage is ElementStage element)
            {
                FillElement(element, parameters);
                continue;
            }

            var bound = (float)(1.0 / Math.Sqrt(stage.Weight.Columns));
            FillTensor(stage.Weight, parameters, bound, new RandomStream(seed, RandomPurpose.Initialization, 0, 0, 2 * i));
            FillTensor(stage.Bias, parameters, bound, new RandomStream(seed, RandomPurpose.Initialization, 0, 0, (2 * i) + 1));
        }
    }

    // The identity, but for the statistics of what is normalized.
    private static void FillElement(ElementStage stage, Span<float> parameters)
    {
        if (!stage.HasParameters) return;
        var units = stage.Weight.Columns;
        var rows = parameters.Slice(stage.Weight.Offset, stage.Weight.Length);
        rows.Slice(ElementStage.Gamma * units, units).Fill(1f);
        rows.Slice(ElementStage.RunningMean * units, units).Clear();
        rows.Slice(ElementStage.RunningVariance * units, units).Fill(1f);
        parameters.Slice(stage.Bias.Offset, stage.Bias.Length).Clear();
    }

    private static void FillTensor(ParameterTensor tensor, Span<float> parameters, float bound, RandomStream stream) =>
        stream.FillUniform(parameters.Slice(tensor.Offset, tensor.Length), -bound, bound);
}

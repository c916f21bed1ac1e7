using System.Text.Json;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Reduction;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Forward and back, whole and thinned, against another implementation.</summary>
public sealed class NetworkGoldenTests
{
    public static TheoryData<VectorWidth> Widths => GoldenNetwork.Widths;

    [Theory]
    [MemberData(nameof(Widths))]
    public void Replica_GoldenMlp_Agrees(VectorWidth width)
    {
        var golden = new GoldenNetwork(GoldenTensors.Open("mlp"));
        AssertAgrees(golden, new ReplicaMask(golden.Network).Fill(), width);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Replica_GoldenThinnedDropout_Agrees(VectorWidth width)
    {
        var file = GoldenTensors.Open("thinned_dropout");
        var keep = JsonSerializer.Deserialize<double[]>(file.Metadata["keep"])!;
        var golden = new GoldenNetwork(file, [.. keep.Select(probability => 1 - probability)]);
        var mask = new ReplicaMask(golden.Network).Set(
        [
            Kept(file, "kept.input"), Kept(file, "kept.hidden1"), Kept(file, "kept.hidden2"),
            [.. Enumerable.Range(0, golden.Network.Outputs)],
        ]);

        Assert.True(mask.ParameterCount < golden.Network.ParameterCount);
        AssertAgrees(golden, mask, width);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Replica_GoldenCnn_Agrees(VectorWidth width)
    {
        var golden = GoldenNetwork.Cnn(GoldenTensors.Open("cnn"));
        Assert.All(golden.Network.Tensors, tensor => Assert.Equal(golden.File.Shape(tensor.Name), tensor.Shape));
        AssertAgrees(golden, new ReplicaMask(golden.Network).Fill(), width);
    }

    private static void AssertAgrees(GoldenNetwork golden, ReplicaMask mask, VectorWidth width)
    {
        var (file, batch, replica) = (golden.File, golden.Labels.Length, golden.Bind(width, mask));
        var rows = Cut(mask.Inputs, file.Float32("x"), batch);
        Agreement.ShouldAgree(replica.Forward(rows, batch), file.Float32("logits"));

        var (gradient, losses) = (new float[mask.ParameterCount], new float[batch]);
        replica.Gradient(rows, golden.Labels, 0, gradient, losses, new byte[batch]);
        Agreement.ShouldAgree([losses.Average()], file.Float32("loss"));
        golden.ShouldAgree(Scatter(mask, gradient));

        // The file's loss is the mean over rows, an attack's is their sum.
        var inputGradient = new float[rows.Length];
        replica.InputGradient(rows, golden.Labels, inputGradient);
        var widened = new float[batch * golden.Network.Inputs];
        for (var i = 0; i < inputGradient.Length; i++)
        {
            var (row, feature) = Math.DivRem(i, mask.Inputs.Features);
            var (unit, position) = Math.DivRem(feature, mask.Inputs.Site.Area);
            widened[(row * golden.Network.Inputs) + (mask.Inputs.Indices[unit] * mask.Inputs.Site.Area) + position] = inputGradient[i] / batch;
        }

        Agreement.ShouldAgree(widened, file.Float32("grad.x"));
    }

    private static int[] Kept(SafetensorsFile file, string name)
    {
        var flags = file.Int64(name).ToArray();
        return [.. Enumerable.Range(0, flags.Length).Where(unit => flags[unit] != 0)];
    }

    private static float[] Cut(KeptUnits kept, ReadOnlySpan<float> rows, int batch)
    {
        var cut = new float[batch * kept.Features];
        for (var row = 0; row < batch; row++)
            kept.Gather(rows.Slice(row * kept.Site.Features, kept.Site.Features), cut.AsSpan(row * kept.Features, kept.Features));
        return cut;
    }

    private static float[] Scatter(ReplicaMask mask, float[] gradient)
    {
        var (network, dense) = (mask.Network, new float[mask.Network.ParameterCount]);
        var scatter = new RowScatter(network);
        scatter.Aim(mask);
        for (var i = 0; i < network.Stages.Length; i++)
        {
            var (weight, bias) = (network.Stages[i].Weight, network.Stages[i].Bias);
            for (var row = 0; row < weight.Rows; row++)
                scatter.Expand(i, row, gradient, dense.AsSpan(weight.Offset + (row * weight.Columns), weight.Columns));
            scatter.Expand(i, -1, gradient, dense.AsSpan(bias.Offset, bias.Length));
        }

        return dense;
    }
}

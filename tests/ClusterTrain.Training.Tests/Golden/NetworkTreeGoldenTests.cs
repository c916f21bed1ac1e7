using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>
/// Networks of every kind of layer that stands over maps, in trees too, against PyTorch in double precision: what
/// <c>tests/golden/generate_networks.py</c> wrote. Each file says its layers as a spec does.
/// </summary>
public sealed class NetworkTreeGoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "golden");

    public static TheoryData<string, VectorWidth> Cases
    {
        get
        {
            var cases = new TheoryData<string, VectorWidth>();
            foreach (var file in Directory.EnumerateFiles(Folder, "network_*.safetensors").Order(StringComparer.Ordinal))
                foreach (var width in VectorWidths.Supported)
                    cases.Add(Path.GetFileNameWithoutExtension(file), width);
            return cases;
        }
    }

    [Fact]
    public void Cases_OfTheGenerator_AreAllThere() => Assert.Equal(18, Cases.Select(row => row.Data.Item1).Distinct().Count());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Replica_GoldenNetwork_AgreesInTrainingAndAtInference(string name, VectorWidth width)
    {
        var file = SafetensorsFile.Read(Path.Combine(Folder, name + ".safetensors"));
        var spec = SpecText.Load($"network: {{ layers: {file.Metadata["layers"]} }}").Spec!;
        var x = file.Shape("x");
        var network = Network.Build(new MapShape(x[1], x[2], x[3]), spec.Network.Layers);
        var parameters = Parameters(network, file);
        var (rows, labels) = (file.Float32("x").ToArray(), Labels(file));
        var replica = new Replica(network, new ManagedProducts(width), x[0]);
        replica.Bind(parameters, new ReplicaMask(network).Fill());

        Agreement.ShouldAgree(replica.Forward(rows, x[0]), file.Float32("inference.logits"));
        var inputGradient = new float[rows.Length];
        replica.InputGradient(rows, labels, inputGradient);
        Agreement.ShouldAgree(inputGradient, file.Float32("inference.grad.x"));

        var (gradient, losses) = (new float[network.ParameterCount], new float[x[0]]);
        replica.Gradient(rows, labels, 0f, gradient, losses, new byte[x[0]]);
        Agreement.ShouldAgree([losses.Average()], file.Float32("loss"));
        foreach (var tensor in network.Tensors.Where(tensor => file.Contains(tensor.Name)))
        {
            var found = gradient.AsSpan(tensor.Offset, tensor.Length);
            if (!tensor.IsStatistic)
                Agreement.ShouldAgree(found, file.Float32($"grad.{tensor.Name}"));
            else
                Agreement.ShouldAgree(Moved(file.Float32(tensor.Name), found), file.Float32($"after.{tensor.Name}"));
        }
    }

    /// <summary>Running statistics after a step of momentum 0.1, from the step's own ones.</summary>
    private static float[] Moved(ReadOnlySpan<float> running, ReadOnlySpan<float> step)
    {
        var moved = running.ToArray();
        for (var i = 0; i < moved.Length; i++) moved[i] += 0.1f * (step[i] - moved[i]);
        return moved;
    }

    private static byte[] Labels(SafetensorsFile file) => [.. file.Int64("y").ToArray().Select(label => (byte)label)];

    /// <summary>The file's tensors where it has them; the rest, such as the numbers of <c>normalize</c>, as the network begins with.</summary>
    private static float[] Parameters(Network network, SafetensorsFile file)
    {
        var parameters = new float[network.ParameterCount];
        Initialization.Fill(network, parameters, seed: 1);
        foreach (var tensor in network.Tensors.Where(tensor => file.Contains(tensor.Name)))
        {
            Assert.Equal(file.Shape(tensor.Name), tensor.Shape);
            file.Float32(tensor.Name).CopyTo(parameters.AsSpan(tensor.Offset, tensor.Length));
        }

        var trained = file.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith("grad.", StringComparison.Ordinal));
        Assert.Equal(trained.Order(StringComparer.Ordinal), network.Tensors.Where(tensor => !tensor.IsStatistic)
            .Select(tensor => $"grad.{tensor.Name}").Order(StringComparer.Ordinal));
        return parameters;
    }
}

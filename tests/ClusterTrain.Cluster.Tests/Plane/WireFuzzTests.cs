using System.Text;
using System.Text.Json;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>Mutants of what comes over the wire: understood or refused in a line, in bounded memory.</summary>
public sealed class WireFuzzTests
{
    private const long MostBytes = 1 << 17;
    private static readonly int Count = Mutants.Often(3000);

    [Fact]
    public void Path_Mutant_IsTheOnlyPathOfItsNameOrRefused()
    {
        var refused = Mutants.Refused<RefusedException>("mnist/2/gradient/14/14/0/4"u8, (number, bytes) =>
        {
            var path = Encoding.Latin1.GetString(bytes);
            var (name, wrong) = TensorPath.Parse(path);
            if (name is null) throw new RefusedException(wrong!.ReplaceLineEndings(" "));
            Assert.True(Uri.UnescapeDataString(TensorPath.Of(name)[TensorPath.Root.Length..]) == path || path.Contains('%', StringComparison.Ordinal), $"mutant {number}: {path}");
        }, MostBytes, Count);

        Assert.InRange(refused, 1, Count - 1);
    }

    [Fact]
    public void Headers_Mutant_IsReadOrRefused()
    {
        var whole = Encoding.ASCII.GetBytes($"{new string('a', 32)}\nworker-1\n{PlaneHeaders.LossBits(0.25)}\n17");

        var refused = Mutants.Refused<RefusedException>(whole, (_, bytes) =>
        {
            var parts = Encoding.Latin1.GetString(bytes).Split('\n');
            var headers = new HeaderDictionary
            {
                [PlaneHeaders.Hash] = parts[0], [PlaneHeaders.Worker] = parts.ElementAtOrDefault(1), [PlaneHeaders.Loss] = parts.ElementAtOrDefault(2),
                [PlaneHeaders.Correct] = parts.ElementAtOrDefault(3),
            };
            var (said, wrong) = PlaneHeaders.Read(headers);
            if (said is null) throw new RefusedException(wrong!.ReplaceLineEndings(" "));
            Assert.True(said.Figures.Correct >= 0 && said.Worker.Length > 0);
        }, MostBytes, Count);

        Assert.InRange(refused, 1, Count - 1);
    }

    [Fact]
    public void Control_Mutant_IsReadOrRefused()
    {
        var whole = ControlJson.Write(
            new ClusterMessage.Ask("worker-1", new RunKey("tiny", 3)), new ClusterMessage.Leave("worker-1"), new ClusterMessage.Over(new RunKey("tiny", 3)));

        var refused = Mutants.Refused<JsonException>(whole, (_, bytes) => Assert.All(ControlJson.Read(bytes), Assert.NotNull), MostBytes, Count);

        Assert.InRange(refused, 1, Count - 1);
    }

    private sealed class RefusedException(string message) : Exception(message);
}

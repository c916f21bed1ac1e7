using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Runs.Tests.Safetensors;

public sealed class SafetensorsFuzzTests
{
    // Twice what a file of four hundred bytes holds, and what its header's parser takes.
    private const long MostBytes = 1 << 16;

    [Fact]
    public void Read_TwentyThousandMutants_EachIsReadOrRefusedInBoundedMemory()
    {
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, new Dictionary<string, string>(StringComparer.Ordinal) { ["spec"] = "abc" },
        [
            new NamedTensor<float>("0.weight", [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }), new NamedTensor<long>("steps", [1], new long[] { 7 }),
            new NamedTensor<byte>("mask", [5], new byte[] { 1, 0, 1, 0, 1 }),
        ]);

        var refused = Mutants.Refused<SafetensorsException>(file.ToArray(), (number, bytes) =>
        {
            var read = SafetensorsFile.Read(new MemoryStream(bytes), "file");
            Assert.True(read.Tensors.Sum(tensor => (long)tensor.Bytes.Length) < bytes.Length, $"mutant {number}");
        }, MostBytes);

        Assert.InRange(refused, Mutants.Count / 2, Mutants.Count - 1);
    }
}

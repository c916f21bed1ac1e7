using System.Text.Json.Serialization;

namespace ClusterTrain.Training.Benchmarks;

/// <summary>One measured figure beside the limit it stands against, both of this run.</summary>
/// <param name="Name">What was measured, as in <c>gemm 128x1024x1024 AB</c>.</param>
/// <param name="Value">Median.</param>
/// <param name="Unit">Of value and limit; more is better.</param>
/// <param name="Limit">What the hardware would allow: FMA peak or memory bandwidth; of whole runs, what perfect scaling would give.</param>
public sealed record BenchFigure(string Name, double Value, string Unit, double Limit)
{
    /// <summary>Share of the limit.</summary>
    public double Ratio => Value / Limit;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<BenchFigure>))]
public sealed partial class BenchJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using ClusterTrain.Node.Line;

namespace ClusterTrain.Node.Nodes;

/// <summary>What the register has of a server.</summary>
/// <param name="Plane">Address of its plane.</param>
/// <param name="Folder">Which folder of runs it has.</param>
internal sealed record ServerEntry(string Plane, string Folder);

/// <summary>What the register has of a run.</summary>
/// <param name="Folder">The folder of runs of the server that said it.</param>
/// <param name="Run">What it said.</param>
internal sealed record RunEntry(string Folder, KeptRun Run);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerEntry))]
[JsonSerializable(typeof(RunEntry))]
internal sealed partial class RegisterJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Verification;

namespace ClusterTrain.Node.Commands;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;

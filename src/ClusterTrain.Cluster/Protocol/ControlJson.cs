using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterTrain.Cluster.Protocol;

/// <summary>Messages as JSON, for the loopback control channel.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IClusterMessage[]))]
public sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>Longest message, in bytes: a frame that no transport splits or drops.</summary>
    public const int MostBytes = 64 * 1024;

    public static byte[] Write(params IClusterMessage[] messages) =>
        JsonSerializer.SerializeToUtf8Bytes(messages, Default.IClusterMessageArray);

    /// <exception cref="JsonException">These are no messages.</exception>
    public static IClusterMessage[] Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.IClusterMessageArray) is { } messages && Array.TrueForAll(messages, message => message is not null)
                ? messages : throw new JsonException("null is no message.");
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            // The second is what the library says of a message without its type; either may repeat what it read, line ends and all.
            throw new JsonException(failure.Message.ReplaceLineEndings(" "), failure);
        }
    }
}

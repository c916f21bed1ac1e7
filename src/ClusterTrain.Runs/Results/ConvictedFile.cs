using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Results;

/// <summary>
/// <c>convicted.json</c>: workers that computed wrongly, in the order in which they were found. Every later session and server of the run
/// shuts them out; whoever deletes the file lets them in again. Not there while nobody was found.
/// </summary>
public static class ConvictedFile
{
    /// <returns>Empty where there is no file.</returns>
    /// <exception cref="FileFailureException">It cannot be read.</exception>
    public static IReadOnlyList<ConvictedWorker> Read(RunFolder folder)
    {
        if (!File.Exists(folder.ConvictedPath)) return [];
        try
        {
            return Parse(File.ReadAllBytes(folder.ConvictedPath));
        }
        catch (Exception failure) when (failure is JsonException || FileFailureException.IsFileFailure(failure))
        {
            throw new FileFailureException(
                $"{folder.ConvictedPath} cannot be read: {failure.Message}; delete it to let every worker take part in the run again", failure);
        }
    }

    /// <summary>On disk when this returns.</summary>
    /// <exception cref="FileFailureException">It cannot be written.</exception>
    public static void Write(RunFolder folder, IReadOnlyList<ConvictedWorker> convicted) =>
        AtomicFile.Write(folder.ConvictedPath, JsonSerializer.SerializeToUtf8Bytes(convicted, ConvictedJson.Default.IReadOnlyListConvictedWorker));

    internal static IReadOnlyList<ConvictedWorker> Parse(ReadOnlySpan<byte> content)
    {
        var convicted = JsonSerializer.Deserialize(content, ConvictedJson.Default.IReadOnlyListConvictedWorker);
        return convicted is not null && convicted.All(worker => worker is not null) ? convicted : throw new JsonException("something in it is null");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<ConvictedWorker>))]
internal sealed partial class ConvictedJson : JsonSerializerContext;

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
            return Parse(folder.ConvictedPath, File.ReadAllBytes(folder.ConvictedPath));
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("read", folder.ConvictedPath, failure);
        }
    }

    /// <summary>On disk when this returns.</summary>
    /// <exception cref="FileFailureException">It cannot be written.</exception>
    public static void Write(RunFolder folder, IReadOnlyList<ConvictedWorker> convicted) =>
        AtomicFile.Write(folder.ConvictedPath, JsonSerializer.SerializeToUtf8Bytes(convicted, ConvictedJson.Default.IReadOnlyListConvictedWorker));

    internal static IReadOnlyList<ConvictedWorker> Parse(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var convicted = JsonSerializer.Deserialize(content, ConvictedJson.Default.IReadOnlyListConvictedWorker);
            return convicted is not null && convicted.All(worker => worker is not null && !worker.Worker.Any(char.IsControl))
                ? convicted : throw new JsonException("it does not name workers");
        }
        catch (JsonException failure)
        {
            throw new FileFailureException($"{path} cannot be read: {failure.Message}; delete it to let every worker take part in the run again", failure);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<ConvictedWorker>))]
internal sealed partial class ConvictedJson : JsonSerializerContext;

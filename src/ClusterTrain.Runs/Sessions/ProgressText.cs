using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Training.Stopping;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Sessions;

/// <summary>What a checkpoint remembers of a run beside its tensors, as text for the metadata.</summary>
/// <param name="Stopping">Early stopping's memory.</param>
/// <param name="Seconds">Time spent so far, over all sessions.</param>
/// <param name="Math">With what the state was computed.</param>
public sealed record ProgressText(StoppingState Stopping, double Seconds, MathIdentity? Math)
{
    private const string Key = "run";

    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Key] = JsonSerializer.Serialize(this, ProgressJson.Default.ProgressText),
    };

    /// <exception cref="CheckpointException">The metadata is not of a run.</exception>
    public static ProgressText FromMetadata(IReadOnlyDictionary<string, string> metadata, long step)
    {
        try
        {
            return JsonSerializer.Deserialize(metadata.GetValueOrDefault(Key, "null"), ProgressJson.Default.ProgressText)
                ?? throw new JsonException("it is missing");
        }
        catch (JsonException failure)
        {
            throw new Checkpoints.CheckpointException($"step {step}: the checkpoint's run state is unreadable: {failure.Message}", failure);
        }
    }
}

// Derived figures are left out: before the first evaluation they are 0 / 0, which JSON cannot say.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ProgressText))]
[JsonSerializable(typeof(EvaluationSums))]
internal sealed partial class ProgressJson : JsonSerializerContext;

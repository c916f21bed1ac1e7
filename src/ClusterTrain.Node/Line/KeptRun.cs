using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Line;

/// <summary>Where a run of a cluster stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeptState>))]
internal enum KeptState
{
    /// <summary>Waits for its turn, or for the next server to go on with it.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("completed")]
    Completed,

    [JsonStringEnumMemberName("stopped-early")]
    StoppedEarly,

    /// <summary>A number became NaN or infinite, and would do so again.</summary>
    [JsonStringEnumMemberName("diverged")]
    Diverged,

    /// <summary>Could not go on, for a reason that somebody can remove.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Taken out of the line by a user before its turn.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>Stopped by a user amid its work, which is saved.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>The state of a run that a cluster was given: the content of <c>state.json</c> in its folder.</summary>
internal sealed record KeptRun
{
    public const string FileName = "state.json";

    public required string Run { get; init; }

    public required KeptState State { get; init; }

    /// <summary>Its place in the line, from 1: the smallest is next.</summary>
    public long Place { get; init; }

    /// <summary>Grows with each change: of two versions of a run's state the greater one counts.</summary>
    public long Revision { get; init; }

    /// <summary>Number of the last server session that worked for it; 0 before the first.</summary>
    public int Incarnation { get; init; }

    /// <summary>First digits of the SHA-256 of its spec, by which another run of the same name is known; null for a run that was not submitted.</summary>
    public string? Spec { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>What went wrong, a line; null where nothing did.</summary>
    public string? Why { get; init; }

    /// <summary>What helps, a line; null where nothing is to be done.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether a server is to carry it.</summary>
    [JsonIgnore]
    public bool IsInLine => State is KeptState.Queued or KeptState.Running;

    /// <summary>Whether it has its end for good: nothing of it is ever touched again.</summary>
    [JsonIgnore]
    public bool IsOver => State is KeptState.Completed or KeptState.StoppedEarly or KeptState.Diverged;

    /// <summary>
    /// By which servers tell the newer of two versions of a state: a run's end goes before everything. Servers that did not hear each
    /// other may have changed it equally often: then that it is in the line goes before that it is not.
    /// </summary>
    [JsonIgnore]
    public long Clock => (Revision * 8) + (KeptState.Interrupted - State) + (IsOver ? 1L << 40 : 0);

    /// <summary>The state in words, as users read it.</summary>
    [JsonIgnore]
    public string Words => State == KeptState.StoppedEarly ? "stopped early" : State.ToString().ToLowerInvariant();

    /// <summary>What a run's folder says; null when it says nothing.</summary>
    public static KeptRun? Read(string folder)
    {
        var name = Path.GetFileName(folder);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, FileName)), KeptJson.Default.KeptRun) is { } kept
                ? kept with { Run = name } : throw new JsonException("it is empty");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is JsonException || FileFailureException.IsFileFailure(failure))
        {
            return new KeptRun { Run = name, State = KeptState.Failed, Why = $"{FileName} cannot be read: {failure.Message.ReplaceLineEndings(" ")}" };
        }
    }

    /// <summary>Whether another run has this one's name: it was made where the other was not known.</summary>
    public bool IsOtherThan(KeptRun other) => Spec is not null && other.Spec is not null && Spec != other.Spec;

    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public void Write(string folder) => AtomicFile.Write(
        Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, KeptJson.Default.KeptRun));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptRun))]
internal sealed partial class KeptJson : JsonSerializerContext;

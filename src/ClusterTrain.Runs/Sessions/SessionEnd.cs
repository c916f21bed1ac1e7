using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Sessions;

/// <summary>How a session of a run ended, and the only place that puts it into words.</summary>
public abstract record SessionEnd
{
    private const string SlowerAdvice = "A lower optimizer.learningRate or a longer schedule.warmupEpochs usually helps.";

    private SessionEnd()
    {
    }

    /// <summary>Whether the run is over: a later session changes nothing of it.</summary>
    public bool IsOver => this is Completed or Diverged;

    /// <summary>The state of the run in a word or two.</summary>
    public string State => this switch
    {
        Completed { Summary.Status: RunStatus.StoppedEarly } => "stopped early",
        Completed => "completed",
        Interrupted => "interrupted",
        Diverged => "diverged",
        _ => "disagreed",
    };

    /// <summary>What went wrong, in a few words for a table; null where nothing did.</summary>
    public string? Trouble => this switch
    {
        Diverged end => FormattableString.Invariant($"diverged at step {end.Step}: {end.What}"),
        Disagreed end => $"{end.Worker} and another worker computed different bits for the {end.Item}",
        _ => null,
    };

    /// <summary>What helps, in a sentence; null where nothing went wrong.</summary>
    public string? Advice => this switch
    {
        Diverged => SlowerAdvice,
        Disagreed => "One of them has faulty hardware: find the machine, and go on without it.",
        _ => null,
    };

    /// <summary>What happened, what is kept and what helps, in sentences for the user.</summary>
    /// <param name="folder">The run's, as the user would type it.</param>
    public string Words(string folder) => this switch
    {
        Completed end => FormattableString.Invariant($"The run {(end.Summary.Status == RunStatus.StoppedEarly ? "stopped early" : "is complete")} after {end.Summary.Steps} steps; its result is in {folder}."),
        Interrupted { Summary: { } summary } end => FormattableString.Invariant($"Interrupted at step {summary.Steps}{(end.TotalSteps is { } steps ? $" of {steps}" : "")}; the state is saved."),
        Interrupted => "Interrupted before there was anything to save.",
        Diverged end => FormattableString.Invariant($"step {end.Step}: the run diverged: {end.What}. ")
            + (end.Checkpoint is { } last ? FormattableString.Invariant($"The last good checkpoint is step {last} in {folder}. ") : "There is no checkpoint yet. ")
            + SlowerAdvice,
        _ => $"{Trouble}: one of them has faulty hardware. What is in {folder} is good up to the last checkpoint: find the machine, "
            + "and go on without it.",
    };

    /// <summary>The run has its result, at its last step or where it stopped improving.</summary>
    public sealed record Completed(RunSummary Summary) : SessionEnd;

    /// <summary>Stopped by the user; another session can go on.</summary>
    /// <param name="Summary">Of what was done; null when that was nothing.</param>
    public sealed record Interrupted(RunSummary? Summary) : SessionEnd
    {
        /// <summary>Steps of the whole run, where they are known.</summary>
        public long? TotalSteps { get; init; }
    }

    /// <summary>
    /// A number became NaN or infinite. It would do so again, since all of it is fixed by spec, data and math; so the run's
    /// folder keeps it.
    /// </summary>
    /// <param name="Step">Step at which it did.</param>
    /// <param name="What">What became so.</param>
    /// <param name="Checkpoint">Step of the last checkpoint, which is good; null without one.</param>
    public sealed record Diverged(long Step, string What, long? Checkpoint = null) : SessionEnd
    {
        /// <summary>What the folder says of it, or null.</summary>
        /// <exception cref="FileFailureException">The file cannot be read.</exception>
        internal static Diverged? Read(RunFolder folder)
        {
            if (!File.Exists(folder.DivergedPath)) return null;
            try
            {
                var content = JsonSerializer.Deserialize(File.ReadAllBytes(folder.DivergedPath), DivergedJson.Default.DivergedContent)
                    ?? throw new JsonException("it is empty");
                return new Diverged(content.Step, content.What, content.Checkpoint);
            }
            catch (Exception failure) when (failure is JsonException || FileFailureException.IsFileFailure(failure))
            {
                throw new FileFailureException($"{folder.DivergedPath} cannot be read: {failure.Message}; delete it to train the run again", failure);
            }
        }

        internal void Write(RunFolder folder) => AtomicFile.Write(
            folder.DivergedPath, JsonSerializer.SerializeToUtf8Bytes(new(Step, What, Checkpoint), DivergedJson.Default.DivergedContent));
    }

    /// <summary>Two workers computed different bits for one item: hardware is at fault, and nothing more of it is believed.</summary>
    public sealed record Disagreed(WorkerId Worker, WorkId Item) : SessionEnd;
}

/// <summary>The content of <c>diverged.json</c>.</summary>
internal sealed record DivergedContent(long Step, string What, long? Checkpoint = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DivergedContent))]
internal sealed partial class DivergedJson : JsonSerializerContext;

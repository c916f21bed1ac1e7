using ClusterTrain.Actors.Engine;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>The engines that users can name.</summary>
internal static class EngineCatalogue
{
    public static Catalogue<EngineEntry> Entries { get; } = new(
        "engine", entry => entry.Name, LocalEngine.Entry, ProcessesEngine.Entry, AkkaEngine.Entry);

    /// <summary>The engine that a run has where nobody names one.</summary>
    public static string Default => LocalEngine.Entry.Name;

    /// <summary>For help: <c>local|processes|akka</c>.</summary>
    public static string Choice => string.Join('|', Entries.Names);

    /// <summary>For help: each with who its workers are.</summary>
    public static string Summaries => string.Join(", ", Entries.All.Select(entry => $"{entry.Name} ({entry.Summary})"));

    /// <exception cref="WrongInputException">There is no such engine.</exception>
    public static EngineEntry Get(string name) => Entries.Find(name) ?? throw new WrongInputException(
        $"--engine {name}: no such engine{NearestName.HintAndAll(name, [.. Entries.Names])}");

    /// <summary>The engine that the user named, which can start this program again.</summary>
    /// <param name="surroundings">What it sees of the world.</param>
    /// <param name="name">Its name.</param>
    /// <param name="workers">Workers, 1 to 1,024.</param>
    /// <param name="data">Folder of data sets as the user wrote it, or null.</param>
    /// <param name="say">Told a line of workers that come back, go, or say something.</param>
    /// <exception cref="WrongInputException">There is no such engine.</exception>
    public static IEngine Create(Surroundings surroundings, string name, int workers, string? data, Action<string> say)
    {
        var options = new EngineOptions
        {
            Workers = workers, Program = ThisProgram.With(), Data = data is null ? null : surroundings.PathOf(data), Say = say,
        };
        return Get(name).Create(options with { Relays = RelaySetting.Of(surroundings) }, surroundings.Time);
    }
}

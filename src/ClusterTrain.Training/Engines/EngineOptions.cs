using ClusterTrain.Training.Server;

namespace ClusterTrain.Training.Engines;

/// <summary>How a run is carried out, whatever the engine; none of it can change a bit of the result.</summary>
public sealed record EngineOptions
{
    /// <summary>Workers, 1 to 1,024.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>When work is given to a second worker; null for what suits the engine.</summary>
    public LeasePolicy? Leases { get; init; }

    /// <summary>Whether workers of other processes pass parameters on to each other.</summary>
    public RelayPolicy Relays { get; init; } = new();

    /// <summary>Starts this program; wanted by engines whose workers are processes.</summary>
    public ProgramCommand? Program { get; init; }

    /// <summary>Full path of the folder of data sets, for workers of other processes; null for where the program looks by itself.</summary>
    public string? Data { get; init; }

    /// <summary>Told, a line each, of workers that come back, go, or say something.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary><see cref="Program"/> with a command's words.</summary>
    /// <exception cref="InvalidOperationException">Nobody said how to start this program.</exception>
    public ProgramCommand ProgramWith(params IEnumerable<string> words) =>
        (Program ?? throw new InvalidOperationException("An engine of processes has to know how this program is started.")).With(words);
}

/// <summary>How a process is started.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ProgramCommand(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>Environment variables beside this process's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The same with more arguments.</summary>
    public ProgramCommand With(params IEnumerable<string> arguments) => this with { Arguments = [.. Arguments, .. arguments] };
}

namespace ClusterTrain.Node.Cli;

/// <summary>What a command sees of the world: passed in, so that tests can give it another one.</summary>
/// <param name="Out">Standard output: results, or JSON alone with <c>--json</c>.</param>
/// <param name="Error">Standard error: problems, one a line.</param>
/// <param name="Folder">Current folder.</param>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="Time">The clock.</param>
/// <param name="IsTerminal">Whether a person watches standard output.</param>
/// <param name="StopRequest">Ctrl-C, a service manager's wish, or a closed terminal.</param>
internal sealed record Surroundings(
    TextWriter Out, TextWriter Error, string Folder, Func<string, string?> Variable, TimeProvider Time, bool IsTerminal,
    StopRequest StopRequest)
{
    /// <summary>Raised by Ctrl-C. A command that reads it is waited for: it must end soon afterwards.</summary>
    public CancellationToken Stop => StopRequest.Token;

    /// <summary>The command a user types to get this program, for hints.</summary>
    public string Program => Variable("CLUSTERTRAIN_LAUNCHER") is { Length: > 0 } launcher ? launcher : "clustertrain";

    public string PathOf(string path) => Path.GetFullPath(path, Folder);
}

using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Commands;

/// <summary>How to start this program again.</summary>
internal static class ThisProgram
{
    /// <summary>This program with a command's first words.</summary>
    public static ProgramCommand With(params string[] words)
    {
        var library = typeof(ThisProgram).Assembly.Location;
        var own = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == Path.GetFileNameWithoutExtension(library);
        return own ? new(Environment.ProcessPath!, words) : new(Host(), [library, .. words]);
    }

    private static string Host() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}

using System.CommandLine;

namespace ClusterTrain.Node.Cli;

/// <summary>Options that several commands share, with one meaning.</summary>
internal static class CommonOptions
{
    public static Option<string[]> Set() => new("--set")
    {
        Description = "Override a key of the spec: --set epochs=3 --set network.layers[1].rate=0.3. May be repeated.",
        HelpName = "path=value",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "Folder that holds data sets, each a folder NAME/ of IDX, CIFAR, NPY, NPZ, CSV or TSV files, or of pictures. Without it: CLUSTERTRAIN_DATA, then ./data.",
        HelpName = "DIR",
    };

    public static Option<int> Workers() => new("--workers")
    {
        Description = "Workers, 1 to 1024 (default: one a core). Changes the speed, never the result.",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static Option<bool> Json() => new("--json")
    {
        Description = "Nothing but JSON on standard output; progress goes to standard error.",
    };

    public static Option<bool> Verbose() => new("--verbose")
    {
        Description = "Show where an error came from.",
        Recursive = true,
    };

    public static int Checked(int workers) => workers is >= 1 and <= 1024
        ? workers
        : throw new WrongInputException($"--workers {workers}: allowed are 1 to 1024");
}

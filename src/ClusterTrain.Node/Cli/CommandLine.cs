using System.CommandLine;
using System.Runtime.InteropServices;
using ClusterTrain.Node.Commands;

namespace ClusterTrain.Node.Cli;

/// <summary>The program's words, and the way from them to an exit code.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        using var stop = new CancellationTokenSource();
        var presses = 0;
        void Interrupt(PosixSignalContext signal)
        {
            // The first time the run saves itself; the second time the user means it.
            signal.Cancel = Interlocked.Increment(ref presses) == 1;
            if (signal.Cancel) stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return Run(args, new Surroundings(
            Console.Out, Console.Error, Environment.CurrentDirectory, Environment.GetEnvironmentVariable,
            TimeProvider.System, !Console.IsOutputRedirected && !Console.IsErrorRedirected, stop.Token));
    }

    public static int Run(string[] args, Surroundings surroundings)
    {
        var result = Create(surroundings).Parse(args);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration
            {
                Output = surroundings.Out,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        foreach (var error in result.Errors) surroundings.Error.WriteLine($"error: {error.Message}");
        surroundings.Error.WriteLine($"Try: {surroundings.Program} {string.Join(' ', args.TakeWhile(arg => !arg.StartsWith('-')).Take(1))} --help".Replace("  ", " ", StringComparison.Ordinal));
        return ExitCode.WrongInput;
    }

    private static RootCommand Create(Surroundings surroundings)
    {
        var verbose = CommonOptions.Verbose();
        var root = new RootCommand(
            "ClusterTrain: adversarial training and dropout, to the same bits at any number of workers.")
        {
            TrainCommand.Create(() => surroundings, verbose),
            EvaluateCommand.Create(() => surroundings, verbose),
            VerifyCommand.Create(() => surroundings, verbose),
            CompareCommand.Create(() => surroundings, verbose),
            DataCommand.Create(() => surroundings, verbose),
            CheckCommand.Create(() => surroundings, verbose),
        };
        root.Options.Add(verbose);
        return root;
    }
}

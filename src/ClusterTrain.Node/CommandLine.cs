using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Commands;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node;

/// <summary>The program's words, and the way from them to an exit code.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        using var stop = new CancellationTokenSource();
        var request = new StopRequest(stop.Token);
        var presses = 0;
        void Interrupt(PosixSignalContext signal)
        {
            // A worker is told by who started it: a terminal interrupts both.
            if (signal.Signal == PosixSignal.SIGINT && (args is ["worker" or "member", ..] || args.Contains("--child")))
            {
                signal.Cancel = true;
                return;
            }

            // The first time the run saves itself. At the second Ctrl-C the user means it; a service manager that repeats itself does not.
            // A command that has nothing to save ends at the first.
            signal.Cancel = request.IsHeeded && (signal.Signal != PosixSignal.SIGINT || Interlocked.Increment(ref presses) == 1);
            if (signal.Cancel) stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

        // A terminal that is closed. Who started this with nohup wants it to go on.
        using var hangUp = HangUp.IsIgnored() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
        LastingOutput.Install();
        return Run(args, new Surroundings(
            Console.Out, Console.Error, Environment.CurrentDirectory, Environment.GetEnvironmentVariable,
            TimeProvider.System, !Console.IsOutputRedirected && !Console.IsErrorRedirected, request));
    }

    public static int Run(string[] args, Surroundings surroundings)
    {
        var result = Create(surroundings).Parse(args);
        var errors = Problems(result).ToList();
        if (errors.Count == 0)
            return result.Invoke(new InvocationConfiguration
            {
                Output = surroundings.Out,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        foreach (var error in errors) surroundings.Error.WriteLine($"error: {error}");
        if (result.Errors.Count > 0) surroundings.Error.WriteLine($"Try: {string.Join(' ', Words(surroundings, result))} --help");
        return ExitCode.WrongInput;
    }

    // The parser takes an unknown option for an argument where one is allowed: a spec of that name is never meant.
    private static IEnumerable<string> Problems(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var known = command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).ToList();
        var unknown = result.Tokens.Select(token => token.Value)
            .Where(value => value.StartsWith("--", StringComparison.Ordinal) && value.Length > 2)
            .Select(value => value.Split('=')[0]).Except(known, StringComparer.Ordinal)
            .Except(result.RootCommandResult.Command.Options.Select(option => option.Name), StringComparer.Ordinal).ToList();
        if (command is RootCommand && result.UnmatchedTokens is [{ Length: > 0 } word, ..] && word[0] != '-')
            return [$"{word}: no such command{NearestName.Hint(word, [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)])}"];
        if (unknown.Count > 0)
            return unknown.Select(name => $"{name}: unknown option of {command.Name}{Meant(name, known)}");
        return result.Errors.Count > 0 ? result.Errors.Select(error => Plain(error.Message, command)) : Empty(result.CommandResult);
    }

    // What is no option may be a key of the spec, for which there is one.
    private static string Meant(string name, IReadOnlyList<string> known)
    {
        var key = known.Contains("--set", StringComparer.Ordinal) ? SpecDocs.PathOf(name[2..]) : null;
        return key is null ? NearestName.Hint(name, [.. known.Where(option => option.StartsWith("--", StringComparison.Ordinal))])
            : $"; a key of the spec is set by --set {key}=...";
    }

    // As a script gives it whose variable is not set: it would be taken for the current folder.
    private static IEnumerable<string> Empty(CommandResult result) => result.Children
        .Where(child => child.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
        .Select(child => child switch
        {
            OptionResult option => option.Option.Name,
            ArgumentResult argument => argument.Argument.Name,
            _ => "",
        })
        .Where(name => name.Length > 0)
        .Select(name => $"{name}: the value given is empty; give one, or leave it out");

    // The parser speaks of types; users know numbers and commands.
    private static string Plain(string message, Command command) => message
        .Replace(" as expected type 'System.Int32'.", ": a whole number is wanted.", StringComparison.Ordinal)
        .Replace(" as expected type 'System.Nullable`1[System.Int32]'.", ": a whole number is wanted.", StringComparison.Ordinal)
        .Replace(" as expected type 'System.Nullable`1[System.Double]'.", ": a number is wanted.", StringComparison.Ordinal)
        .Replace(
            "Required command was not provided.",
            $"a command is wanted: {string.Join(", ", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name))}.", StringComparison.Ordinal);

    private static IEnumerable<string> Words(Surroundings surroundings, ParseResult result)
    {
        yield return surroundings.Program;
        if (result.CommandResult.Command is not RootCommand) yield return result.CommandResult.Command.Name;
    }

    private static RootCommand Create(Surroundings surroundings)
    {
        var verbose = CommonOptions.Verbose();
        var root = new RootCommand(
            "ClusterTrain: adversarial training and dropout, to the same bits at any number of workers.")
        {
            TrainCommand.Create(surroundings, verbose),
            EvaluateCommand.Create(surroundings, verbose),
            VerifyCommand.Create(surroundings, verbose),
            SignCommand.Create(surroundings, verbose),
            DisputeCommand.Create(surroundings, verbose),
            CompareCommand.Create(surroundings, verbose),
            VarianceCommand.Create(surroundings, verbose),
            SweepCommand.Create(surroundings, verbose),
            ExportCommand.Create(surroundings, verbose),
            DataCommand.Create(surroundings, verbose),
            CheckCommand.Create(surroundings, verbose),
            BenchCommand.Create(surroundings, verbose),
            NodeCommand.Create(surroundings, verbose),
            SubmitCommand.Create(surroundings, verbose),
            StatusCommand.Create(surroundings, verbose),
            StopCommand.Create(surroundings, verbose),
            LogsCommand.Create(surroundings, verbose),
            ResultsCommand.Create(surroundings, verbose),
            WorkerCommand.Create(surroundings, verbose),
            MemberCommand.Create(surroundings, verbose),
        };
        root.Options.Add(verbose);
        return root;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ClusterTrain.Node.Cli;

/// <summary>Gives a command examples that its own <c>--help</c> shows and the list of commands does not.</summary>
internal static class Examples
{
    /// <param name="command">Gets the help.</param>
    /// <param name="lines">Each a command line after the program's name, then, after two spaces, what it does.</param>
    public static Command With(this Command command, params IReadOnlyList<string> lines)
    {
        command.Options.Add(new HelpOption { Action = new HelpWithExamples(lines) });
        return command;
    }

    private sealed class HelpWithExamples(IReadOnlyList<string> lines) : SynchronousCommandLineAction
    {
        // Who asks for help need not have typed a whole command.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var exitCode = new HelpAction().Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in lines) output.WriteLine($"  {line}");
            return exitCode;
        }
    }
}

using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary><c>check SPEC</c>: every problem of a spec at once, or the spec with every default filled in.</summary>
internal static class CheckCommand
{
    private const string Description =
        "Validate a spec and print it with every default filled in; each key with its meaning, range and unit.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var spec = new Argument<string?>("SPEC") { Description = "Run spec (YAML). None: the embedded quickstart.", Arity = ArgumentArity.ZeroOrOne };
        var set = CommonOptions.Set();
        var command = new Command("check", Description) { spec, set };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            var checkedSpec = SpecInput.Load(surroundings, result.GetValue(spec), result.GetValue(set) ?? []);
            surroundings.Out.Write(SpecWriter.Write(checkedSpec, comments: true));
            return ExitCode.Done;
        }));
        return command.With(
            "check my.yaml",
            "check my.yaml --set batch.shards=4");
    }
}

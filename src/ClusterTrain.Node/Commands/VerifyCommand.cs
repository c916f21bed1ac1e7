using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Verification;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Commands;

/// <summary><c>verify RUN</c>: whether a run's folder is as it was written, and its steps give what it says.</summary>
internal static class VerifyCommand
{
    private const int DefaultSteps = 5;

    private const string Description =
        "Audit a run: file hashes, the ledger's chain, every checkpoint's state, and some steps executed again.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (run, data, json) = (RunArgument.Create(), CommonOptions.Data(), CommonOptions.Json());
        var steps = new Option<int>("--steps")
        {
            Description = "Steps to execute again, spread over the run's start and its checkpoints.",
            HelpName = "K",
            DefaultValueFactory = _ => DefaultSteps,
        };
        var command = new Command("verify", Description) { run, steps, data, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
            Verify(surroundings, result.GetValue(run)!, result.GetValue(steps), result.GetValue(data), result.GetValue(json))));
        return command.With(
            "verify runs/quickstart",
            "verify runs/quickstart --steps 100");
    }

    private static int Verify(Surroundings surroundings, string path, int steps, string? data, bool json)
    {
        if (steps < 0) throw new WrongInputException($"--steps {steps}: allowed are 0 and more");
        if (Damaged(surroundings, path) is { } damage) return Show(surroundings, json, damage);
        var run = RunArgument.Open(surroundings, path, data, withStart: true);
        run.RequireSameMath();
        return Show(surroundings, json, new RunVerifier(run).Verify(steps));
    }

    // A spec that was changed is a finding about the run, not wrong input: it may be unreadable, or name other data.
    private static VerifyReport? Damaged(Surroundings surroundings, string path)
    {
        var folder = RunFolders.Existing(surroundings, path);
        List<string> problems = File.Exists(folder.SummaryPath) ? [.. SummaryFile.Problems(folder)] : [];
        if (problems.Exists(problem => problem.StartsWith(RunFolder.SpecName, StringComparison.Ordinal)))
            return new VerifyReport(problems, 0, 0, []);
        var result = SpecLoader.Load(folder.ReadSpec(), RunFolder.SpecName);
        if (result.Spec is null) return new VerifyReport([.. problems, .. result.Errors.Select(error => $"spec.yaml was changed: {error}")], 0, 0, []);
        try
        {
            TransferInput.Open(surroundings, result.Spec);
            return null;
        }
        catch (CheckpointException failure)
        {
            return new VerifyReport([.. problems, failure.Message], 0, 0, []); // The weights it started from.
        }
    }

    private static int Show(Surroundings surroundings, bool json, VerifyReport report)
    {
        if (json)
        {
            surroundings.Out.WriteLine(JsonSerializer.Serialize(report, VerifyJson.Default.VerifyReport));
        }
        else
        {
            foreach (var problem in report.Problems) surroundings.Error.WriteLine($"difference: {problem}");
            surroundings.Out.WriteLine(
                $"{report.Steps} steps in the ledger, {report.Checkpoints} checkpoints, {report.Replayed.Count} steps executed again: "
                + (report.Problems.Count == 0 ? "all as recorded." : $"{report.Problems.Count} differences."));
        }

        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Difference;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;

using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Verification;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Commands;

/// <summary>What a user asks of <c>verify</c>.</summary>
internal sealed record VerifyRequest
{
    public required string Run { get; init; }

    public required int? Steps { get; init; }

    public required long? From { get; init; }

    public required long? To { get; init; }

    public required bool All { get; init; }

    public required string? Against { get; init; }

    public required string? Signature { get; init; }

    public required string? Key { get; init; }

    public required string? Data { get; init; }

    public required bool Json { get; init; }
}

/// <summary><c>verify RUN</c>: whether a run's folder is as it was written, and its steps and figures are what it says.</summary>
internal static class VerifyCommand
{
    private const string Description =
        "Audit a run: file hashes, the ledger's chain, every checkpoint's state, and some steps and evaluations executed again.";

    // Without --steps and --all nobody waits much longer than that, however slow the run's steps are.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (run, data, json) = (RunArgument.Create(), CommonOptions.Data(), CommonOptions.Json());
        var steps = new Option<int?>("--steps")
        {
            Description = $"Steps to execute again, in segments between checkpoints that are drawn anew each time (default: {VerifyOptions.DefaultSteps}, "
                + "fewer when they take longer than a minute).",
            HelpName = "K",
        };
        var from = new Option<long?>("--from") { Description = "Execute the steps from this one on again, instead of a sample.", HelpName = "STEP" };
        var to = new Option<long?>("--to") { Description = "With --from: the last of them (default: the run's last).", HelpName = "STEP" };
        var all = new Option<bool>("--all") { Description = "Execute every step again, and measure every figure on all rows." };
        var against = new Option<string?>("--against") { Description = "The root hash that the folder had, as noted elsewhere.", HelpName = "HASH" };
        var signature = new Option<string?>("--signature") { Description = "A signature that sign wrote.", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "With --signature: the key that it must be of, as PEM, public or private.", HelpName = "FILE" };
        var command = new Command("verify", Description) { run, steps, from, to, all, against, signature, key, data, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => Verify(surroundings, new VerifyRequest
        {
            Run = result.GetValue(run)!,
            Steps = result.GetValue(steps),
            From = result.GetValue(from),
            To = result.GetValue(to),
            All = result.GetValue(all),
            Against = result.GetValue(against),
            Signature = result.GetValue(signature),
            Key = result.GetValue(key),
            Data = result.GetValue(data),
            Json = result.GetValue(json),
        })));
        return command.With(
            "verify runs/quickstart",
            "verify runs/quickstart --steps 1000",
            "verify runs/quickstart --from 120 --to 180          steps whose worker was convicted later",
            "verify runs/quickstart --all                        everything, which takes as long as the training did",
            "verify runs/quickstart --against 3f0c...            with the root hash that verify or sign showed before",
            "verify runs/quickstart --signature runs/quickstart.signature --key mine.pem.pub");
    }

    private static int Verify(Surroundings surroundings, VerifyRequest request)
    {
        if (request.Steps < 0) throw new WrongInputException($"--steps {request.Steps}: allowed are 0 and more");
        if (request.From < 0 || request.To < (request.From ?? long.MaxValue))
            throw new WrongInputException("--from and --to: allowed are 0 and more, --from with or without --to, and --to not before --from");
        var (anchor, signed) = Anchor(surroundings, request);
        if (Damaged(surroundings, request.Run) is { } damage) return Show(surroundings, request.Json, damage, signed);
        var run = RunArgument.Open(surroundings, request.Run, request.Data, withStart: true);
        run.RequireSameMath();
        var report = new RunVerifier(run).Verify(new VerifyOptions
        {
            From = request.From,
            To = request.To,
            All = request.All,
            Steps = request.Steps ?? VerifyOptions.DefaultSteps,
            Patience = request.Steps is null ? Patience : null,
            Against = anchor,
            Draw = RandomNumberGenerator.GetInt32,
            Time = surroundings.Time,
        });
        return Show(surroundings, request.Json, report, signed);
    }

    /// <summary>The root hash that the folder must have, and in words who says so.</summary>
    private static (string? Root, string? Signed) Anchor(Surroundings surroundings, VerifyRequest request)
    {
        if (request.Key is not null && request.Signature is null) throw new WrongInputException("--key: goes with --signature FILE");
        if (request.Against is not null && request.Signature is not null) throw new WrongInputException("--against and --signature: one of them is enough");
        if (request.Against is { } hash && !Sha256Hex.IsHex(hash)) throw new WrongInputException($"--against {hash}: 64 lower-case hex digits are wanted");
        if (request.Signature is not { } file) return (request.Against, null);
        var signature = RunSignature.Read(surroundings.PathOf(file));
        if (!Sha256Hex.IsHex(signature.RootHash) || !signature.IsValid())
            throw new FileFailureException($"{file} is no signature of a run: the key in it did not sign the root hash in it");
        if (request.Key is not { } key) return (signature.RootHash, $"signed with the key {signature.KeyHash}; --key FILE requires a certain one");
        var own = SignCommand.With(key, () => RunSignature.HashOfKey(SignCommand.Pem(surroundings, key)));
        return own == signature.KeyHash ? (signature.RootHash, $"signed with the key of {key}")
            : throw new FileFailureException($"{file} is signed with the key {signature.KeyHash}, not with that of {key} ({own})");
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

    private static int Show(Surroundings surroundings, bool json, VerifyReport report, string? signed)
    {
        if (json)
        {
            surroundings.Out.WriteLine(JsonSerializer.Serialize(report, VerifyJson.Default.VerifyReport));
        }
        else
        {
            foreach (var problem in report.Problems) surroundings.Error.WriteLine($"difference: {problem}");
            surroundings.Out.WriteLine(
                $"{report.Steps} steps in the ledger, {report.Checkpoints} checkpoints; {report.Replayed.Count} steps and {report.Evaluations} evaluations executed again: "
                + (report.Problems.Count == 0 ? "all as recorded." : $"{report.Problems.Count} differences."));
            foreach (var worker in report.InDoubt) surroundings.Out.WriteLine($"not executed again, or not all: {worker.Words}");
            if (report.RootHash is { } root) surroundings.Out.WriteLine($"root hash {root}{(signed is null ? "" : $", {signed}")}");
        }

        return report.Problems.Count == 0 ? ExitCode.Done : ExitCode.Difference;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;

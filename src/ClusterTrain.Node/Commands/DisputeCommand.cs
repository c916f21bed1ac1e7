using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Disputes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>dispute RUN RUN</c>: where two runs that should be one part, and who is right.</summary>
internal static class DisputeCommand
{
    private const string Description =
        "Find the first step on which two runs of one spec part, by bisection of their ledgers, execute it, and say who is right.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (data, json) = (CommonOptions.Data(), CommonOptions.Json());
        var (first, second) = (new Argument<string>("RUN") { Description = "A run's folder." }, new Argument<string>("OTHER") { Description = "Another one's, of the same spec." });
        var command = new Command("dispute", Description) { first, second, data, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => Settle(
            surroundings, result.GetValue(first)!, result.GetValue(second)!, result.GetValue(data), result.GetValue(json))));
        return command.With("dispute runs/mine runs/theirs      0: they agree; 3: they part, and who is right");
    }

    private static int Settle(Surroundings surroundings, string first, string second, string? data, bool json)
    {
        var one = RunArgument.Open(surroundings, first, data, withStart: true);
        var other = RunArgument.Open(surroundings, second, data, withStart: true);
        if (one.SpecHashText != other.SpecHashText)
            throw new WrongInputException($"{first} and {second} are of different specs: they may differ (compare shows in what)");
        one.RequireSameMath();
        other.RequireSameMath();
        var report = new Dispute(one, other).Settle();
        if (json) surroundings.Out.WriteLine(JsonSerializer.Serialize(report, DisputeJson.Default.DisputeReport));
        else foreach (var line in Lines(report, first, second)) surroundings.Out.WriteLine(line);
        return report.Verdict == DisputeVerdict.Agree ? ExitCode.Done : ExitCode.Difference;
    }

    private static IEnumerable<string> Lines(DisputeReport report, string first, string second)
    {
        if (report.Step is not { } step)
        {
            yield return $"{first} and {second} agree on every step that both have ({report.Comparisons} comparisons of ledger lines).";
            yield break;
        }

        yield return $"They part at step {step} ({report.Comparisons} comparisons of ledger lines). Executed here, from the state of step {report.From} on:";
        foreach (var (who, state) in new[] { "here", first, second }.Zip(report.States)) yield return $"  {state}  {who}";
        yield return report.Verdict switch
        {
            DisputeVerdict.First => $"{first} is right, {second} is wrong.",
            DisputeVerdict.Second => $"{second} is right, {first} is wrong.",
            _ => "Neither is right: this machine, or both others, compute wrongly.",
        };
        if (report.Value is { } value)
        {
            yield return FormattableString.Invariant($"{value.Values} values differ after it; the first is {value.Tensor}[{string.Join(", ", value.Index)}]: {value.Right:R} here, {value.Wrong:R} there.");
        }
        else
        {
            yield return "Which values differ is not known: the wrong run keeps no checkpoint right after that step.";
        }

        foreach (var shard in report.Shards)
            yield return FormattableString.Invariant($"  shard {shard.Shard}: loss {shard.Loss:R}, gradient {shard.Gradient}{(shard.Holds switch { true => ", holds that value", false => ", has no part in it", _ => "" })}");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true)]
[JsonSerializable(typeof(DisputeReport))]
internal sealed partial class DisputeJson : JsonSerializerContext;

using System.CommandLine;
using System.Globalization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>What a user asked <c>evaluate</c> for.</summary>
internal sealed record EvaluateRequest
{
    public required string? Run { get; init; }

    /// <summary>An ONNX file in place of a run.</summary>
    public required string? Model { get; init; }

    /// <summary>The data set that a model is measured on.</summary>
    public required string? DataName { get; init; }

    public required ScaleChoice Scale { get; init; }

    public required IReadOnlyList<string> Attacks { get; init; }

    public required IReadOnlyList<string> Corruptions { get; init; }

    public required bool Coadaptation { get; init; }

    /// <summary>Test rows, from the first; 0 for all.</summary>
    public required int Rows { get; init; }

    public required double? FailUnder { get; init; }

    public required string? Data { get; init; }

    public required int Workers { get; init; }

    public required bool Json { get; init; }
}

/// <summary><c>evaluate</c>: clean and robust accuracy of a run's result, or of a model from elsewhere, on test rows.</summary>
internal static class EvaluateCommand
{
    private const int SanityRows = 500;

    private const string Description =
        "Clean and robust test accuracy of a run's best state, or of an ONNX model from elsewhere: each attack, the worst case over all, and sanity checks.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (run, data, workers, json) =
            (RunArgument.Create(), CommonOptions.Data(), CommonOptions.Workers(), CommonOptions.Json());
        run.Arity = ArgumentArity.ZeroOrOne;
        var (model, name, scale) = (EvaluatedModel.ModelOption(), EvaluatedModel.DataOption(), EvaluatedModel.ScaleOption());
        var attacks = new Option<string[]>("--attack")
        {
            Description = "Attack on one line, or a standard sequence, worst or autoattack; may be repeated. Without it: the "
                + "spec's evaluation.testAttack.",
            HelpName = "SPEC",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var rows = new Option<int>("--rows") { Description = "Test rows, from the first (default: all).", HelpName = "N" };
        var under = new Option<double?>("--fail-under")
        {
            Description = "Exit with 3 when the worst-case accuracy (without attacks: the clean one) is below this share, 0 to 1.",
            HelpName = "SHARE",
        };
        var corrupt = CorruptionFigure.Option();
        var coadaptation = new Option<bool>("--coadaptation") { Description = "Also the mean |correlation| between the units of each hidden layer." };
        var command = new Command("evaluate", Description) { run, model, name, scale, attacks, corrupt, coadaptation, rows, under, data, workers, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => Evaluate(
            surroundings,
            new EvaluateRequest
            {
                Run = result.GetValue(run),
                Model = result.GetValue(model),
                DataName = result.GetValue(name),
                Scale = result.GetValue(scale),
                Attacks = result.GetValue(attacks) ?? [],
                Corruptions = result.GetValue(corrupt) ?? [],
                Coadaptation = result.GetValue(coadaptation),
                Rows = result.GetValue(rows),
                FailUnder = result.GetValue(under),
                Data = result.GetValue(data),
                Workers = CommonOptions.Checked(result.GetValue(workers)),
                Json = result.GetValue(json),
            })));
        return command.With(
            "evaluate runs/quickstart",
            "evaluate runs/quickstart --attack worst --rows 1000      the standard sequence, each attack on what still stands",
            "evaluate runs/quickstart --attack \"pgd linf eps=0.1 step=0.01 steps=50 restarts=3\" --attack \"pgd l2 eps=1.5 step=0.2 steps=40\"",
            "evaluate --model resnet.onnx --data-name cifar-10 --attack \"worst linf eps=0.031\"     a network trained elsewhere",
            "evaluate runs/quickstart --corrupt noise --corrupt missing     accuracy against the severity of each",
            "evaluate runs/quickstart --coadaptation         whether hidden units say the same",
            "evaluate runs/quickstart --rows 1000 --fail-under 0.6     exit 3 when the worst case is below 60%");
    }

    private static int Evaluate(Surroundings surroundings, EvaluateRequest request)
    {
        if (request.FailUnder is < 0 or > 1 or double.NaN)
            throw new WrongInputException($"--fail-under {request.FailUnder}: allowed are 0 to 1");
        var kinds = CorruptionFigure.Parse(request.Corruptions);
        var named = NamedAttacks.Read(request.Attacks);
        var measured = EvaluatedModel.Of(surroundings, request);
        var context = measured.Context;
        var testRows = context.Data.Test.Rows;
        if (request.Rows < 0 || request.Rows > testRows)
            throw new WrongInputException($"--rows {request.Rows}: allowed are 1 to {testRows}, or 0 for all");
        var (attacks, sequences) = named.Against(context);

        var (state, workers) = (measured.Load(), request.Workers);
        var evaluation = new RobustEvaluation(context, state, workers, surroundings.Time);
        var clean = evaluation.Clean(request.Rows == 0 ? testRows : request.Rows);
        List<AttackOutcome> outcomes = [.. attacks.Select(attack => evaluation.Attack(attack, clean))];
        List<(string Name, IReadOnlyList<AttackOutcome> Stages)> stages =
            [.. sequences.Select(sequence => (sequence.Name, StandardSequence.Run(evaluation, sequence.Attacks, clean)))];
        List<AttackOutcome> all = [.. stages.SelectMany(sequence => sequence.Stages), .. outcomes];
        var checks = all.Count == 0 ? [] : SanityChecks.Run(evaluation, clean, all, SanityRows);
        var report = EvaluateReport.Of(clean, outcomes, stages, checks) with
        {
            Corruptions = CorruptionFigure.Measure(context, state, workers, clean.Length, kinds),
            InputGradientNorm = Smoothness.MeanInputGradientNorm(context, state, workers, clean.Length),
            Coadaptation = request.Coadaptation ? Coadaptation.Measure(context, state, clean.Length) : null,
        };
        if (request.Json) surroundings.Out.WriteLine(report.ToJson());
        else Show(surroundings.Out, report);
        return report.WorstCase < request.FailUnder ? ExitCode.Difference : ExitCode.Done;
    }

    private static void Show(TextWriter output, EvaluateReport report)
    {
        List<IReadOnlyList<string>> table = [["clean", Figures.Percent(report.Clean)]];
        table.AddRange(report.Attacks.Select(attack => (IReadOnlyList<string>)[attack.Attack, Figures.Percent(attack.RobustAccuracy)]));
        foreach (var sequence in report.Sequences)
            table.Add([$"{sequence.Name}: see below", Figures.Percent(sequence.RobustAccuracy)]);
        if (report.Attacks.Count + report.Sequences.Count > 1)
            table.Add(["worst case over all attacks", Figures.Percent(report.WorstCase)]);
        output.WriteLine($"Accuracy on {Figures.Count(report.Rows)} test rows:");
        foreach (var line in TextTable.Lines(table)) output.WriteLine("  " + line);
        foreach (var corruption in report.Corruptions) corruption.Show(output);
        output.WriteLine($"Mean norm of the loss's input gradient: {report.InputGradientNorm.ToString("G4", CultureInfo.InvariantCulture)}");
        foreach (var sequence in report.Sequences) sequence.Show(output);
        foreach (var line in report.Coadaptation is { } layers ? CoadaptationReport.Lines(layers) : []) output.WriteLine(line);
        if (report.Checks.Count == 0) return;
        output.WriteLine("Sanity checks:");
        foreach (var check in report.Checks)
            output.WriteLine($"  {(check.Holds ? "holds" : "DOES NOT HOLD (gradient masking?)")}: {check.Name}: {check.Detail}");
    }
}

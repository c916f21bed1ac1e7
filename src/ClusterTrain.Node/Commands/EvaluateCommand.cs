using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Training.Evaluation;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary><c>evaluate RUN</c>: clean and robust accuracy of a run's result on test rows.</summary>
internal static class EvaluateCommand
{
    private const int SanityRows = 500;

    private const string Description =
        "Clean and robust test accuracy of a run's best state: each attack, the worst case over all, and sanity checks.";

    public static Command Create(Func<Surroundings> surroundings, Option<bool> verbose)
    {
        var (run, data, workers, json) =
            (RunArgument.Create(), CommonOptions.Data(), CommonOptions.Workers(), CommonOptions.Json());
        var attacks = new Option<string[]>("--attack")
        {
            Description = "Attack on one line; may be repeated. Without it: the spec's evaluation.testAttack.",
            HelpName = "SPEC",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var rows = new Option<int>("--rows") { Description = "Test rows, from the first (default: all).", HelpName = "N" };
        var under = new Option<double?>("--fail-under")
        {
            Description = "Exit with 3 when the worst-case accuracy (without attacks: the clean one) is below this share, 0 to 1.",
            HelpName = "SHARE",
        };
        var coadaptation = new Option<bool>("--coadaptation") { Description = "Also the mean |correlation| between the units of each hidden layer." };
        var command = new Command("evaluate", Description) { run, attacks, rows, under, coadaptation, data, workers, json };
        command.SetAction(result => Guard.Run(surroundings(), result.GetValue(verbose), () => Evaluate(
            surroundings(), result.GetValue(run)!, result.GetValue(attacks) ?? [], result.GetValue(rows), result.GetValue(under),
            result.GetValue(data), CommonOptions.Checked(result.GetValue(workers)), result.GetValue(json), result.GetValue(coadaptation))));
        return command.With(
            "evaluate runs/quickstart",
            "evaluate runs/quickstart --coadaptation         whether hidden units say the same",
            "evaluate runs/quickstart --attack \"pgd linf eps=0.1 step=0.01 steps=50 restarts=3\" --attack \"pgd l2 eps=1.5 step=0.2 steps=40\"",
            "evaluate runs/quickstart --rows 1000 --fail-under 0.6     exit 3 when the worst case is below 60%");
    }

    private static int Evaluate(
        Surroundings surroundings, string path, IReadOnlyList<string> attackTexts, int rows, double? failUnder,
        string? data, int workers, bool json, bool withCoadaptation)
    {
        if (failUnder is < 0 or > 1 or double.NaN) throw new WrongInputException($"--fail-under {failUnder}: allowed are 0 to 1");
        var named = Attacks(attackTexts);
        var run = RunArgument.Open(surroundings, path, data);
        var testRows = run.Context.Data.Test.Rows;
        if (rows < 0 || rows > testRows) throw new WrongInputException($"--rows {rows}: allowed are 1 to {testRows}, or 0 for all");
        List<AttackSpec> attacks = [.. (named.Count > 0 ? named : [run.Context.Spec.Evaluation.TestAttack])
            .Where(attack => attack.Method != AttackMethod.None)];

        var evaluation = new RobustEvaluation(run.Context, run.LoadResult(), workers);
        var clean = evaluation.Clean(rows == 0 ? testRows : rows);
        List<AttackOutcome> outcomes = [.. attacks.Select(attack => evaluation.Attack(attack, clean))];
        var checks = outcomes.Count == 0 ? [] : SanityChecks.Run(evaluation, clean, outcomes, SanityRows);
        var report = EvaluateReport.Of(clean, outcomes, checks) with
        {
            Coadaptation = withCoadaptation ? Coadaptation.Measure(run.Context, run.LoadResult(), clean.Length) : null,
        };
        if (json) surroundings.Out.WriteLine(report.ToJson());
        else Show(surroundings.Out, report);
        return report.WorstCase < failUnder ? ExitCode.Difference : ExitCode.Done;
    }

    private static List<AttackSpec> Attacks(IReadOnlyList<string> texts)
    {
        var results = texts.Select(AttackText.Parse).ToList();
        var problems = results.SelectMany(result => result.Problems)
            .Where(problem => problem.Severity == SpecSeverity.Error)
            .Select(problem => $"--attack: {problem.ToString().Replace(" error:", "", StringComparison.Ordinal)}").ToList();
        return problems.Count == 0 ? [.. results.Select(result => result.Attack!)] : throw new WrongInputException(problems);
    }

    private static void Show(TextWriter output, EvaluateReport report)
    {
        List<IReadOnlyList<string>> table = [["clean", Figures.Percent(report.Clean)]];
        table.AddRange(report.Attacks.Select(attack => (IReadOnlyList<string>)[attack.Attack, Figures.Percent(attack.RobustAccuracy)]));
        if (report.Attacks.Count > 1) table.Add(["worst case over all attacks", Figures.Percent(report.WorstCase)]);
        output.WriteLine($"Accuracy on {Figures.Count(report.Rows)} test rows:");
        foreach (var line in TextTable.Lines(table)) output.WriteLine("  " + line);
        foreach (var line in report.Coadaptation is { } layers ? CoadaptationReport.Lines(layers) : []) output.WriteLine(line);
        if (report.Checks.Count == 0) return;
        output.WriteLine("Sanity checks:");
        foreach (var check in report.Checks)
            output.WriteLine($"  {(check.Holds ? "holds" : "DOES NOT HOLD (gradient masking?)")}: {check.Name}: {check.Detail}");
    }
}

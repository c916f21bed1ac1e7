using System.CommandLine;
using System.Globalization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Commands;

/// <summary>Share of rows right at one severity, 0 to 1.</summary>
internal sealed record SeverityFigure(double Severity, double Accuracy);

/// <summary>Accuracy against the severity of one kind of corruption: a table of <c>evaluate</c>.</summary>
/// <param name="Corruption">As named on the command line.</param>
/// <param name="Severities">Ascending.</param>
internal sealed record CorruptionFigure(string Corruption, IReadOnlyList<SeverityFigure> Severities)
{
    private static readonly (string Name, CorruptionKind Kind, string Unit)[] Kinds =
    [
        ("noise", CorruptionKind.Noise, "Gaussian noise, standard deviation"),
        ("missing", CorruptionKind.Missing, "missing pixels, share"),
    ];

    public static Option<string[]> Option() => new("--corrupt")
    {
        Description = "Also measures corrupted rows, at five severities: noise (Gaussian) or missing (pixels); may be repeated.",
        HelpName = "noise|missing",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <exception cref="WrongInputException">There is no such corruption.</exception>
    public static IReadOnlyList<CorruptionKind> Parse(IReadOnlyList<string> names)
    {
        List<string> problems = [.. names.Where(name => Kinds.All(kind => kind.Name != name))
            .Select(name => $"--corrupt {name}: allowed are {string.Join(" and ", Kinds.Select(kind => kind.Name))}")];
        if (problems.Count > 0) throw new WrongInputException(problems);
        return [.. names.Distinct(StringComparer.Ordinal).Select(name => Kinds.First(kind => kind.Name == name).Kind)];
    }

    public static IReadOnlyList<CorruptionFigure> Measure(
        RunContext context, ModelState state, int workers, int rows, IReadOnlyList<CorruptionKind> kinds) =>
        [.. kinds.Select(kind => new CorruptionFigure(
            Kinds.First(known => known.Kind == kind).Name,
            [.. Corruptions.Measure(context, state, workers, rows, kind).Select(outcome =>
                new SeverityFigure(outcome.Severity, outcome.Accuracy))]))];

    public void Show(TextWriter output)
    {
        output.WriteLine($"Accuracy under {Kinds.First(kind => kind.Name == Corruption).Unit}:");
        var table = Severities.Select(figure => (IReadOnlyList<string>)[figure.Severity.ToString("0.##", CultureInfo.InvariantCulture), Figures.Percent(figure.Accuracy)]);
        foreach (var line in TextTable.Lines([.. table])) output.WriteLine("  " + line);
    }
}

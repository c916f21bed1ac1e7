using System.Text;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Reports;

/// <summary>Reads a run's folder into the data of its report.</summary>
internal static class ReportBuilder
{
    private const string PlainCharacters = "_.-/";

    /// <param name="result">The state that the summary speaks of.</param>
    /// <exception cref="FileFailureException">Ledger or metrics cannot be read.</exception>
    public static ReportData Build(RunFolder folder, RunContext context, ModelState result, RunSummary summary)
    {
        var data = context.Data;
        // A damaged ledger is for verify to judge; a report shows what can be read.
        var ledger = File.Exists(folder.LedgerPath)
            ? LedgerReader.Read(folder.LedgerPath, summary.Fingerprint.Spec).Entries : [];
        return new ReportData(
            context.Spec,
            summary,
            new DataFacts(data.Train.Rows, data.Validation.Rows, data.Test.Rows, data.InputShape, data.Classes) { ClassNames = data.ClassNames },
            MetricsFile.Read(folder.MetricsPath),
            LossPoint.Thin(ledger),
            ClassTally.Of(context, result),
            GalleryBuilder.Build(context, result),
            Commands(folder, data.Name, summary.Status));
    }

    /// <summary>Builds the report and writes it into the run's folder.</summary>
    /// <exception cref="FileFailureException">A file cannot be read, or the report not written.</exception>
    public static void Write(RunFolder folder, RunContext context, ModelState result, RunSummary summary) =>
        AtomicFile.Write(folder.ReportPath, Encoding.UTF8.GetBytes(RunReport.Html(Build(folder, context, result, summary))));

    /// <summary>Commands for a shell beside the run's folder: a report tells no path of the machine it was made on.</summary>
    private static ReportCommands Commands(RunFolder folder, string data, RunStatus status)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder.FullPath));
        if (name.Length == 0) name = ".";
        var (run, spec) = (Quote(name), Quote($"{name}/{RunFolder.SpecName}"));
        var train = $"clustertrain train {spec}" + (data == Glyphs.Name ? "" : " --data DATA");
        return new ReportCommands(
            // Into another folder: this one holds a run, and train would refuse it.
            $"{train} --out {Quote($"{name}-again")}", $"clustertrain verify {run}", status == RunStatus.Interrupted ? $"{train} --out {run} --resume" : null);
    }

    private static string Quote(string path)
    {
        // A name must not be taken for an option.
        if (path.StartsWith('-')) path = "./" + path;
        return path.All(character => char.IsAsciiLetterOrDigit(character) || PlainCharacters.Contains(character, StringComparison.Ordinal))
            ? path : "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }
}

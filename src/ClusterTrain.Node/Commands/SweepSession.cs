using System.Text;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Studies.Sweeps;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Commands;

/// <summary>What the user asks of <c>sweep</c>.</summary>
internal sealed record SweepRequest(string Study, string? Data, int Workers, string? Out, bool Resume, bool Json);

/// <summary>One session of a study: from its file to runs, tables and an exit code.</summary>
internal sealed class SweepSession(Surroundings surroundings, SweepRequest request)
{
    private const string StudyName = "study.yaml";
    private const int LongestName = 100;
    private readonly Dictionary<DataSpec, Dataset> _data = [];
    private readonly Dictionary<InitializationSpec, (InitializationSpec Sealed, ITensorSource? Source)> _sources = [];

    private TextWriter Report => request.Json ? surroundings.Error : surroundings.Out;

    public int Run()
    {
        var (study, text) = Read();
        study = Prepare(study);
        var folder = Folder(study);
        AtomicFile.Write(Path.Combine(folder, StudyName), Encoding.UTF8.GetBytes(text));
        Announce(study);
        var (runs, started) = (study.Runs, surroundings.Time.GetTimestamp());
        var engine = new LocalEngine(new EngineOptions { Workers = 1 }, surroundings.Time);
        var runner = new StudyRunner(folder, new EngineTrainer(Context, engine, withReports: true), request.Workers)
        {
            OnEnd = (run, end, done) => Report.WriteLine(Line(runs.Count, run, end, done, surroundings.Time.GetElapsedTime(started))),
        };
        var before = runner.Ended(runs).Count(end => end is not null);
        if (before > 0) Report.WriteLine($"Going on: {Figures.Count(before)} of {Figures.Plural(runs.Count, "run")} are done.");
        var ends = runner.Run(runs, surroundings.Stop);
        if (ends.OfType<SessionEnd.Disagreed>().FirstOrDefault() is { } disagreed)
        {
            surroundings.Error.WriteLine($"error: {disagreed.Words(RunFolders.Shown(surroundings, folder))}");
            return ExitCode.Failed;
        }

        return ends.All(end => end is { IsOver: true })
            ? Conclude(study, folder, StudyOutcome.Of(runs, runner, ends))
            : Interrupted(study, folder, ends);
    }

    private (Study Study, string Text) Read()
    {
        var path = surroundings.PathOf(request.Study);
        try
        {
            var text = File.ReadAllText(path);
            var result = SweepFile.Load(new StudySource(text, request.Study, name => File.ReadAllText(Path.GetFullPath(name, Path.GetDirectoryName(path)!))));
            foreach (var warning in result.Warnings) surroundings.Error.WriteLine(warning);
            return (result.Study ?? throw new WrongInputException([.. result.Errors.Select(SpecInput.Text)]), text);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw new WrongInputException($"{request.Study}: the study cannot be read: {failure.Message}");
        }
    }

    /// <summary>Loads all data and weights to start from, and checks every cell against them, before anything is trained.</summary>
    private Study Prepare(Study study)
    {
        List<string> problems = [];
        var cells = study.Cells.Select(cell => cell with { Spec = Checked(cell, problems) }).ToList();
        return problems.Count == 0 ? study with { Cells = cells } : throw new WrongInputException([.. problems.Distinct(StringComparer.Ordinal)]);
    }

    private RunSpec Checked(StudyCell cell, List<string> problems)
    {
        try
        {
            var name = cell.Folder.Replace('+', '.');
            var spec = cell.Spec with { Name = name.Length <= LongestName ? name : "cell" };
            if (!_sources.TryGetValue(spec.Initialization, out var start))
            {
                var (known, source) = TransferInput.Open(surroundings, spec);
                _sources[spec.Initialization] = start = (known.Initialization, source);
                _sources[start.Sealed] = start;
            }

            spec = spec with { Initialization = start.Sealed };
            var data = _data.GetValueOrDefault(spec.Data);
            _data[spec.Data] = data = data is null ? SpecInput.LoadData(surroundings, spec, request.Data) : SpecInput.Checked(spec, data, TextWriter.Null);
            _ = new RunPlan(spec, data, start.Source);
            return spec;
        }
        catch (Exception failure) when (failure is WrongInputException or DataException or CheckpointException or TransferException)
        {
            problems.AddRange(Guard.Lines(failure).Select(line => $"{line} (in {cell.Name})"));
            return cell.Spec;
        }
    }

    private RunContext Context(StudyRun run, RunFolder folder)
    {
        var math = SpecInput.Math(surroundings).Select(run.Spec.Math, File.Exists(folder.SpecPath) ? RecordedMath.Of(folder, run.Spec) : null);
        return new RunContext(run.Spec, _data[run.Spec.Data], math.Create, _sources[run.Spec.Initialization].Source);
    }

    private string Folder(Study study)
    {
        var folder = request.Out is { } named ? surroundings.PathOf(named)
            : request.Resume ? RunFolders.Newest(surroundings, study.Name) : RunFolders.Fresh(surroundings, study.Name);
        if (request.Resume && !File.Exists(Path.Combine(folder, StudyName)))
            throw new WrongInputException($"--resume: there is no study in {RunFolders.Shown(surroundings, folder)} (no {StudyName})");
        if (!request.Resume && Path.Exists(Path.Combine(folder, StudyName)))
            throw new WrongInputException($"{RunFolders.Shown(surroundings, folder)} already holds a study: continue it with --resume, or choose another folder with --out");
        // What is there may be from before the study was changed; nothing is trained when some of it cannot be kept.
        var foreign = study.Runs.Where(run => IsForeign(new RunFolder(Path.Combine(folder, run.Folder)), run)).ToList();
        if (foreign.Count > 0)
        {
            throw new WrongInputException([.. foreign.Select(run =>
                $"{Path.Combine(RunFolders.Shown(surroundings, folder), run.Folder)} holds a run with another spec: the study was changed; choose another folder with --out, or delete that one")]);
        }

        try
        {
            Directory.CreateDirectory(folder);
            return folder;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("create the output folder", folder, failure);
        }
    }

    private static bool IsForeign(RunFolder folder, CellRun run) =>
        File.Exists(folder.SpecPath) && folder.ReadSpec() != SpecWriter.Write(run.Spec);

    private void Announce(Study study)
    {
        var method = study.Search is { } search
            ? $"random search, {study.Cells.Count} trials drawn with seed {search.Seed}"
            : $"{study.Cells.Count} cells";
        Report.WriteLine($"{study.Name}: {method}, {study.Seeds.Count} seeds: {study.Runs.Count} runs, {Math.Min(request.Workers, study.Runs.Count)} at once");
        if (study.Search is { } asked && study.Cells.Count < asked.Trials)
            Report.WriteLine($"The search space holds few settings: {study.Cells.Count} different ones were found instead of {asked.Trials}.");
    }

    private static string Line(int runs, StudyRun run, SessionEnd end, int done, TimeSpan elapsed)
    {
        var count = Figures.Count(runs);
        return $"{Figures.Count(done).PadLeft(count.Length)}/{count}  {run}: {end.Trouble ?? Scores(end)}  ({Figures.Duration(elapsed)})";
    }

    private static string Scores(SessionEnd end) => end is not SessionEnd.Completed { Summary: var summary } ? end.State
        : $"test {Figures.PercentOrDash(summary.Test?.Accuracy)}"
            + (summary.Test?.RobustAccuracy is { } robust ? $", robust {Figures.Percent(robust)}" : "") + $", training {Figures.PercentOrDash(summary.Train?.Accuracy)}";

    private int Interrupted(Study study, string folder, IReadOnlyList<SessionEnd?> ends)
    {
        var done = ends.Count(end => end is { IsOver: true });
        surroundings.Error.WriteLine(
            $"Interrupted after {done} of {study.Runs.Count} runs; the others are saved. Go on with: {surroundings.Program} sweep {request.Study} --resume "
            + $"--out {RunFolders.Shown(surroundings, folder)}" + (request.Data is null ? "" : $" --data {request.Data}"));
        return ExitCode.Interrupted;
    }

    private int Conclude(Study study, string folder, IReadOnlyList<StudyOutcome?> outcomes)
    {
        var report = StudyReport.Of(study, outcomes);
        AtomicFile.Write(Path.Combine(folder, StudyReport.FileName), Encoding.UTF8.GetBytes(report.ToJson() + "\n"));
        AtomicFile.Write(Path.Combine(folder, StudyTable.FileName), Encoding.UTF8.GetBytes(StudyTable.Csv(report)));
        foreach (var outcome in outcomes.OfType<StudyOutcome>().Where(outcome => outcome.Trouble is not null))
            surroundings.Error.WriteLine($"warning: {outcome.Folder}: {outcome.Trouble}; it takes no part in the means");
        if (request.Json)
        {
            surroundings.Out.WriteLine(report.ToJson());
        }
        else
        {
            foreach (var line in SweepReport.Lines(report)) surroundings.Out.WriteLine(line);
            var shown = RunFolders.Shown(surroundings, folder);
            surroundings.Out.WriteLine($"Written to {Path.Combine(shown, StudyReport.FileName)} and {Path.Combine(shown, StudyTable.FileName)}.");
        }

        return outcomes.OfType<StudyOutcome>().Any(outcome => outcome.Trouble is null) ? ExitCode.Done : ExitCode.Failed;
    }
}

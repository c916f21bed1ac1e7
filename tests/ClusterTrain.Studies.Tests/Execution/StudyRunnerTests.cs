using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Studies.Sweeps;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Studies.Tests.Execution;

/// <summary>Studies that are really trained, on <see cref="TinyRuns.Data"/>.</summary>
public sealed class StudyRunnerTests : IDisposable
{
    private const string Base = """
        base:
          epochs: 2
          network: { layers: [{ type: dense, units: 16 }, { type: relu }, { type: dropout, rate: 0 }, { type: dense, units: 4 }] }
          batch: { size: 24, shards: 4 }

        """;

    private const string Factorial = Base + """
        seeds: [1, 2]
        factors:
          dropout: { none: {}, half: { "network.layers[2].rate": 0.5 } }
          smoothing: { none: {}, some: { regularization.labelSmoothing: 0.1 } }

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OneOrThreeAtOnce_GivesTheSameReport()
    {
        var study = Load(Factorial);

        var (one, three) = (Run(study, "one", 1), Run(study, "three", 3));

        Assert.Equal(StudyReport.Of(study, one).ToJson(), StudyReport.Of(study, three).ToJson());
        Assert.Equal(8, one.Select(outcome => outcome!.StateHash).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(SummaryFile.Read(new RunFolder(_folder["one/cells/dropout-half+smoothing-some/seed-2"])).StateHash, one[^1]!.StateHash);
    }

    [Fact]
    public void Run_CellAlone_HasTheBitsOfTheStudy()
    {
        var study = Load(Factorial);
        var alone = Load(Base + "seeds: [2]\nset: { \"network.layers[2].rate\": 0.5, regularization.labelSmoothing: 0.1 }");

        Assert.Equal(Run(study, "all", 2)[^1]!.StateHash, Assert.Single(Run(alone, "alone", 1))!.StateHash);
    }

    [Fact]
    public void Run_StoppedAndTakenUpAgain_KeepsWhatIsDoneAndComesToTheSameReport()
    {
        var study = Load(Factorial);
        var whole = StudyReport.Of(study, Run(study, "whole", 1)).ToJson();
        using var stop = new CancellationTokenSource();
        var first = Runner("parts", 1, (_, done) => { if (done == 3) stop.Cancel(); }).Run(study.Runs, stop.Token);
        Assert.Equal(3, first.Count(end => end is SessionEnd.Completed));
        var kept = File.GetLastWriteTimeUtc(new RunFolder(_folder["parts/" + study.Runs[0].Folder]).SummaryPath);

        var again = Run(study, "parts", 2);

        Assert.Equal(whole, StudyReport.Of(study, again).ToJson());
        Assert.Equal(kept, File.GetLastWriteTimeUtc(new RunFolder(_folder["parts/" + study.Runs[0].Folder]).SummaryPath));
    }

    [Fact]
    public void Run_FolderOfAnotherSpec_IsAFailureThatNamesIt()
    {
        Run(Load(Factorial), "out", 1);
        var other = Load(Factorial.Replace("epochs: 2", "epochs: 3", StringComparison.Ordinal));

        var failure = Assert.Throws<FileFailureException>(() => Run(other, "out", 1));

        Assert.Contains("holds a run with another spec", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DivergingCell_IsReportedAndTheOthersGoOn()
    {
        var study = Load(Base + "seeds: [1, 2]\nfactors: { rate: { good: {}, far: { optimizer.learningRate: 100, optimizer.type: sgd, regularization.l2: 1, epochs: 50 } } }");

        var report = StudyReport.Of(study, Run(study, "out", 1));

        Assert.All(report.Cells[0].Runs, run => Assert.Equal(RunStatus.Completed, run.Status));
        Assert.All(report.Cells[1].Runs, run => Assert.StartsWith("diverged at step", run.Trouble, StringComparison.Ordinal));
        Assert.Null(report.Cells[1].Measures["testAccuracy"]);
        Assert.Contains("diverged at step", StudyTable.Csv(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhatHasEnded_IsTakenAsItIsAndNobodyIsToldOfIt()
    {
        var study = Load(Base + "seeds: [1, 2]\nfactors: { rate: { good: {}, far: { optimizer.learningRate: 100, optimizer.type: sgd, regularization.l2: 1, epochs: 50 } } }");
        var first = Run(study, "out", 2);

        var again = new StudyRunner(_folder["out"], new NoTrainer(), 1) { OnEnd = (run, _, _) => Assert.Fail($"{run}") };

        Assert.Equal(first, StudyOutcome.Of(study.Runs, again, again.Run(study.Runs, CancellationToken.None)));
    }

    [Fact]
    public void Run_Disagreement_BeginsNoMore()
    {
        var study = Load(Factorial);

        var ends = new StudyRunner(_folder["out"], new Disagreeing(), 1).Run(study.Runs, CancellationToken.None);

        Assert.IsType<SessionEnd.Disagreed>(ends[0]);
        Assert.All(ends.Skip(1), Assert.Null);
    }

    // Nothing can be learned at the other choices: a rate that moves no weight, or a threshold that removes all of them.
    [Fact]
    public void Search_PlantedBestPolicy_IsFound()
    {
        var study = Load(Base.Replace("epochs: 2", "epochs: 40", StringComparison.Ordinal) + """
            seeds: [1, 2]
            search:
              trials: 12
              seed: 3
              space:
                optimizer.learningRate: { choices: [1e-9, 1e-8, 1e-7, 0.05] }
                regularization.l1: { choices: [0, 0.5, 1] }
                regularization.labelSmoothing: { min: 0, max: 0.05 }

            """);

        var report = StudyReport.Of(study, Run(study, "search", 2));

        Assert.Equal("random search", report.Method);
        var planted = report.Cells.Where(cell => cell.Settings[0].Value == "0.05" && cell.Settings[1].Value == "0").Select(cell => cell.Cell).ToList();
        Assert.InRange(planted.Count, 1, 4);
        Assert.Contains(report.Best!.Cell, planted);
        Assert.True(report.Best.Value > 0.6, $"{report.Best.Value}");
        Assert.All(report.Cells.Where(cell => !planted.Contains(cell.Cell)), cell => Assert.True(cell.Measures["validationAccuracy"]!.Mean < 0.6));
    }

    [Fact]
    public void Search_ValidationAndTestDisagree_ChoosesByValidation()
    {
        var study = Load("seeds: [1]\nsearch: { trials: 5, space: { epochs: { min: 1, max: 9, whole: true } } }");
        List<StudyOutcome?> outcomes =
        [
            .. study.Runs.Select(run => new StudyOutcome
            {
                Seed = 1, Folder = run.Folder, Status = RunStatus.Completed, TestAccuracy = 1 - (run.Spec.Epochs / 10.0), ValidationAccuracy = run.Spec.Epochs / 10.0,
            }),
        ];

        var best = StudyReport.Of(study, outcomes).Best!;

        var most = study.Cells.MaxBy(cell => cell.Spec.Epochs)!;
        Assert.Equal((most.Name, "validationAccuracy", most.Spec.Epochs / 10.0), (best.Cell, best.Metric, best.Value));
        Assert.Equal([new StudySetting("epochs", $"{most.Spec.Epochs}")], best.Settings);
    }

    private static Study Load(string text)
    {
        var result = SweepFile.Load(new(text, "study.yaml", _ => ""));
        Assert.True(result.Study is not null, string.Join("\n", result.Problems));
        return result.Study;
    }

    private StudyRunner Runner(string folder, int atOnce, Action<SessionEnd, int>? done = null)
    {
        var engine = new LocalEngine(new EngineOptions { Workers = 1 }, TimeProvider.System);
        return new StudyRunner(_folder[folder], new EngineTrainer((run, _) => TinyRuns.Context(run.Spec), engine), atOnce) { OnEnd = (_, end, count) => done?.Invoke(end, count) };
    }

    private IReadOnlyList<StudyOutcome?> Run(Study study, string folder, int atOnce)
    {
        var runner = Runner(folder, atOnce);
        return StudyOutcome.Of(study.Runs, runner, runner.Run(study.Runs, CancellationToken.None));
    }

    private sealed class NoTrainer : IRunTrainer
    {
        public SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop) => throw new InvalidOperationException("Nothing is left to train.");
    }

    private sealed class Disagreeing : IRunTrainer
    {
        public SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop) =>
            new SessionEnd.Disagreed(new WorkerId("worker-1"), new WorkId(1, WorkKind.Gradient, 3, 0));
    }
}

using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Verification;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Sessions;

public sealed class RunSessionTests : IDisposable
{
    // The penalty alone multiplies each weight by 1 - 2 * 100 in every step.
    private static readonly RunSpec TooFast = TinyRuns.Plain with
    {
        Epochs = 50,
        Optimizer = new OptimizerSpec { Type = new SgdRule(), LearningRate = 100 },
        Regularization = new RegularizationSpec { L2 = 1 },
        Checkpoints = new CheckpointSpec { EverySteps = 1 },
    };

    private readonly TemporaryFolder _temporary = new();

    private RunFolder Folder => new(_temporary["run"]);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Complete_EmptyFolder_GivesTheResultThatTheFolderHolds()
    {
        var end = Assert.IsType<SessionEnd.Completed>(Complete(TinyRuns.Plain));

        Assert.Equal(SummaryFile.Read(Folder).Digest, end.Summary.Digest);
        Assert.Empty(SummaryFile.Problems(Folder));
        Assert.Equal(("local", 2), (end.Summary.Engine, end.Summary.Workers));
        Assert.Equal(("completed", true, null), (end.State, end.IsOver, end.Trouble));
        Assert.True(File.Exists(Folder.ReportPath));
    }

    [Fact]
    public void Complete_RunThatIsDone_IsNotOpenedAgain()
    {
        var first = Assert.IsType<SessionEnd.Completed>(Complete(TinyRuns.Plain));
        var before = Files();

        var again = Complete(TinyRuns.Plain, new Other((_, _) => throw new InvalidOperationException("carried again")));

        Assert.Equal(first.Summary.Digest, Assert.IsType<SessionEnd.Completed>(again).Summary.Digest);
        Assert.Equal(before, Files());
    }

    [Fact]
    public void Complete_RunThatDiverges_IsKeptAndNotOpenedAgain()
    {
        var first = Assert.IsType<SessionEnd.Diverged>(Complete(TooFast));
        var before = Files();

        var again = Complete(TooFast, new Other((_, _) => throw new InvalidOperationException("carried again")));

        Assert.Equal(first, again);
        Assert.Equal(before, Files());
        Assert.True(first.IsOver);
        Assert.InRange(first.Checkpoint!.Value, 1, first.Step + 1);
        Assert.False(File.Exists(Folder.SummaryPath));
        Assert.Contains("already holds a run", Refusal(() => RunSession.Open(Folder, TinyRuns.Context(TooFast), SessionStart.Fresh)), StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_AfterADisagreement_GoesOnToTheSameBits()
    {
        var id = new WorkId(1, WorkKind.Gradient, 3, 0);
        var end = Complete(TinyRuns.Plain, new Other((run, _) =>
            new RunOutcome(new ServerEffect.Disagreed(id, new WorkerId("worker-2")), run.Start.Model, run.Start.Model, run.Start.Stopping)));

        Assert.Equal(new SessionEnd.Disagreed(new WorkerId("worker-2"), id), end);
        Assert.False(end.IsOver);
        Assert.Equal(Alone(), StateHash(Complete(TinyRuns.Plain)));
    }

    [Fact]
    public void Complete_InterruptedAndTakenUpAgain_GoesOnToTheSameBits()
    {
        using var stop = new CancellationTokenSource();
        var end = Assert.IsType<SessionEnd.Interrupted>(Complete(TinyRuns.Plain, new Other((run, observer) =>
            Local().Run(run, new Watching(observer, effect => { if (effect is ServerEffect.StepCommitted { Step: 4 }) stop.Cancel(); }), stop.Token))));

        Assert.Equal(TinyRuns.Context(TinyRuns.Plain).Plan.TotalSteps, end.TotalSteps);
        Assert.Null(RunSession.Ended(Folder));
        using (var session = RunSession.Open(Folder, TinyRuns.Context(TinyRuns.Plain), SessionStart.Resume))
        {
            Assert.Equal(2, session.Incarnation);
            Assert.Equal(end.Summary!.Steps, session.Start.State.Model.Version);
            Assert.Contains("being written by another process", Refusal(() => RunSession.Open(Folder, TinyRuns.Context(TinyRuns.Plain), SessionStart.Either)), StringComparison.Ordinal);
        }

        Assert.Equal(Alone(), StateHash(Complete(TinyRuns.Plain)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(13)]
    [InlineData(21)]
    public void Complete_CollapsingRunInterruptedAndTakenUpAgain_LowersTheSameStepsAndVerifies(long step)
    {
        var whole = Complete(TinyRuns.Collapsing, folder: new RunFolder(_temporary["whole"]));
        using var stop = new CancellationTokenSource();
        Complete(TinyRuns.Collapsing, new Other((run, observer) =>
            Local().Run(run, new Watching(observer, effect => { if (effect is ServerEffect.StepCommitted commit && commit.Step == step) stop.Cancel(); }), stop.Token)));

        var resumed = Complete(TinyRuns.Collapsing);

        var summary = Assert.IsType<SessionEnd.Completed>(resumed).Summary;
        Assert.Equal(StateHash(whole), StateHash(resumed));
        Assert.Equal([12L, 28], summary.CollapsedAt);
        var report = new RunVerifier(new StoredRun(Folder, TinyRuns.Context(TinyRuns.Collapsing))).Verify(new VerifyOptions { All = true, Draw = _ => 0 });
        Assert.Empty(report.Problems);
        Assert.NotEqual(StateHash(whole), StateHash(Complete(
            TinyRuns.Collapsing with { Adversarial = TinyRuns.Collapsing.Adversarial with { Collapse = CollapseChoice.Warn } }, folder: new RunFolder(_temporary["warned"]))));
    }

    [Fact]
    public void Open_FolderOfAnotherSpecOrOfNothing_IsRefused()
    {
        Complete(TinyRuns.Plain);
        var other = TinyRuns.Plain with { Seed = 8 };

        Assert.Contains("another spec", Refusal(() => RunSession.Open(Folder, TinyRuns.Context(other), SessionStart.Either)), StringComparison.Ordinal);
        Assert.Contains("another spec", Refusal(() => RunSession.Ended(Folder, other)), StringComparison.Ordinal);
        Assert.Contains("cannot write", Refusal(() => RunSession.Open(new RunFolder(_temporary["gone"]), TinyRuns.Context(other), SessionStart.Resume)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temporary["gone"]));
    }

    [Fact]
    public void Open_RunThatEndedWhileItsClaimWasWaitedFor_IsRefusedAndNothingChanges()
    {
        Complete(TinyRuns.Plain);
        var before = Files();
        using var claim = RunClaim.Take(Folder.FullPath);

        var message = Refusal(() => RunSession.Open(Folder, TinyRuns.Context(TinyRuns.Plain), SessionStart.Resume, claim));

        Assert.EndsWith("holds a run that is over (completed); nothing of it is changed", message, StringComparison.Ordinal);
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Ended_DamagedDivergence_IsOneLineThatSaysWhatToDo(string text)
    {
        Directory.CreateDirectory(Folder.FullPath);
        File.WriteAllText(Folder.DivergedPath, text);

        var message = Refusal(() => RunSession.Ended(Folder));

        Assert.StartsWith($"{Folder.DivergedPath} cannot be read: ", message, StringComparison.Ordinal);
        Assert.EndsWith("delete it to train the run again", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WorkerWasConvictedBefore_IsShutOutForGoodAndItsStepsAreNamed()
    {
        var spec = TinyRuns.Plain with { Checkpoints = new CheckpointSpec { EverySteps = 1 } };
        using var stop = new CancellationTokenSource();
        using (var first = RunSession.Open(Folder, TinyRuns.Context(spec), SessionStart.Fresh))
        {
            Assert.Empty(first.ShutOut);
            first.Recorder.On(new ServerEffect.Convicted(new WorkerId("gpu-3"), new WorkId(1, WorkKind.Gradient, 7, 0), 7, 3), null!, TimeSpan.Zero);
            first.Conclude(first.Carry(Local(), new Watching(first.Recorder, effect => { if (effect is ServerEffect.StepCommitted) stop.Cancel(); }), stop.Token), "local");
        }

        Assert.Contains(RunFolder.ConvictedName, SummaryFile.Read(Folder).Files.Keys);
        IReadOnlyDictionary<string, string>? seen = null;
        var engine = new Other((run, observer) =>
        {
            seen = run.ShutOut;
            return Local().Run(run, observer, CancellationToken.None);
        });
        using (var second = RunSession.Open(Folder, TinyRuns.Context(spec), SessionStart.Resume))
        {
            Assert.Contains("verify --from 4 --to 6", Assert.Single(second.Start.Warnings), StringComparison.Ordinal);
            second.Conclude(second.Carry(engine, second.Recorder, CancellationToken.None), "local");
        }

        Assert.Contains("step 7", Assert.Single(seen!, entry => entry.Key == "gpu-3").Value, StringComparison.Ordinal);
        var summary = SummaryFile.Read(Folder);
        Assert.Equal(new ConvictedWorker("gpu-3", 7, 3), Assert.Single(summary.Convicted!));
        Assert.Empty(SummaryFile.Problems(Folder));
        Assert.Equal(Alone(), summary.StateHash);
        var verifier = () => new RunVerifier(new StoredRun(Folder, TinyRuns.Context(spec)));
        Assert.Equal("gpu-3", Assert.Single(verifier().Verify(new VerifyOptions { From = 4, To = 5, Draw = _ => 0 }).InDoubt).Worker);
        var report = verifier().Verify(new VerifyOptions { From = 4, To = 6, Draw = _ => 0 });
        Assert.Empty(report.InDoubt);
        Assert.Empty(report.Problems);
        File.Delete(Folder.ConvictedPath);
        Assert.Contains($"{RunFolder.ConvictedName} is missing", SummaryFile.Problems(Folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[null]")]
    [InlineData("[{\"worker\":null,\"step\":1,\"lastGood\":0}]")]
    public void Open_DamagedConvictions_IsOneLineThatSaysWhatToDo(string text)
    {
        Complete(TinyRuns.Plain, new Other((run, observer) =>
        {
            using var stopped = new CancellationTokenSource();
            stopped.Cancel();
            return Local().Run(run, observer, stopped.Token);
        }));
        File.WriteAllText(Folder.ConvictedPath, text);

        var message = Refusal(() => RunSession.Open(Folder, TinyRuns.Context(TinyRuns.Plain), SessionStart.Resume));

        Assert.StartsWith($"{Folder.ConvictedPath} cannot be read: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static string Refusal(Func<object?> action) => Assert.Throws<FileFailureException>(action).Message;

    private static LocalEngine Local() => new(new EngineOptions { Workers = 2 }, TimeProvider.System);

    private static string StateHash(SessionEnd end) => Assert.IsType<SessionEnd.Completed>(end).Summary.StateHash;

    private string Alone() => StateHash(RunSession.Complete(
        new RunFolder(_temporary["alone"]), TinyRuns.Plain, () => TinyRuns.Context(TinyRuns.Plain), Local(), withReport: false, CancellationToken.None));

    private SessionEnd Complete(RunSpec spec, IEngine? engine = null, RunFolder? folder = null) =>
        RunSession.Complete(folder ?? Folder, spec, () => TinyRuns.Context(spec), engine ?? Local(), withReport: true, CancellationToken.None);

    private List<string> Files() =>
    [
        .. Directory.EnumerateFiles(Folder.FullPath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(File.ReadAllBytes(path))}"),
    ];

    private sealed class Other(Func<EngineRun, IRunObserver, RunOutcome> carry) : IEngine
    {
        public string Name => "other";

        public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop) => carry(run, observer);
    }

    private sealed class Watching(IRunObserver observer, Action<ServerEffect> seen) : IRunObserver
    {
        public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
        {
            observer.On(effect, server, elapsed);
            seen(effect);
        }
    }
}

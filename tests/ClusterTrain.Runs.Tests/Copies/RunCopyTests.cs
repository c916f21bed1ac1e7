using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Copies;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Tests.Copies;

/// <summary>A stand-by's copy of a run: whenever the original is lost, the run goes on from it to the same bits.</summary>
public sealed class RunCopyTests : IDisposable
{
    private static readonly RunSpec Spec = TinyRuns.Fused with
    {
        Checkpoints = new CheckpointSpec { EverySteps = 2, Keep = 2 }, EarlyStopping = new EarlyStoppingSpec { Metric = StoppingMetric.Accuracy, Patience = 50 },
    };

    private readonly TemporaryFolder _temporary = new();

    private int _round;

    private RunFolder Original => new(_temporary[$"original-{_round}"]);

    private RunFolder Copied => new(_temporary[$"copy-{_round}"]);

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Follow_OriginalLostAfterAnyCheckpoint_GoesOnFromTheNewestToTheSameBits(int checkpoints)
    {
        var seen = 0;
        var copy = new RunCopy(Copied, new Elsewhere(Original));
        Carry(Original, effect =>
        {
            if (effect is ServerEffect.CheckpointDue && ++seen <= checkpoints) copy.Follow();
        });
        var newest = CheckpointIndex.Read(Path.Combine(Copied.CheckpointsPath, CheckpointStore.IndexName))!;

        GoesOn();

        Assert.True(newest.Latest > 0);
        Assert.All(newest.Checkpoints, entry => Assert.True(entry.Step == newest.Latest || entry.Step == newest.Best));
    }

    [Fact]
    public void Follow_BrokenOffAnywhere_LeavesARunThatGoesOnToTheSameBits()
    {
        var broken = 0;
        for (var files = 1; ; files++)
        {
            _round = files;
            var (source, hasBroken) = (new Elsewhere(Original) { BreaksAt = files }, false);
            Carry(Original, effect => hasBroken |= effect is ServerEffect.CheckpointDue && !TryFollow(source));

            // Without a spec there is nothing to go on with: that is brought first, and again.
            if (File.Exists(Copied.SpecPath)) GoesOn();
            if (!hasBroken) break;
            broken++;
        }

        Assert.True(broken >= 10, $"{broken} places to break off at");
    }

    [Fact]
    public void Follow_OriginalWentBackToAnOlderState_KeepsTheNewerOne()
    {
        Carry(Original, _ => { });
        new RunCopy(Copied, new Elsewhere(Original)).Follow();
        var before = File.ReadAllBytes(Path.Combine(Copied.CheckpointsPath, CheckpointStore.IndexName));
        var seen = 0;
        var behind = new RunFolder(_temporary["behind"]);
        Carry(behind, effect =>
        {
            if (effect is ServerEffect.CheckpointDue && ++seen == 2) new RunCopy(Copied, new Elsewhere(behind)).Follow();
        });

        Assert.True(seen > 2);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Copied.CheckpointsPath, CheckpointStore.IndexName)));
        Assert.Equal(File.ReadAllText(Original.LedgerPath), File.ReadAllText(Copied.LedgerPath));
    }

    [Fact]
    public void Follow_WorkerConvictedAtTheOriginal_IsShutOutOfTheCopyEvenIfThatIsAhead()
    {
        Carry(Original, _ => { });
        new RunCopy(Copied, new Elsewhere(Original)).Follow();
        Assert.Empty(ConvictedFile.Read(Copied));
        var seen = 0;
        var behind = new RunFolder(_temporary["behind"]);
        Carry(behind, effect =>
        {
            if (effect is not ServerEffect.CheckpointDue || ++seen != 2) return;
            ConvictedFile.Write(behind, [new ConvictedWorker("gpu-3", 4, -1)]);
            new RunCopy(Copied, new Elsewhere(behind)).Follow();
        });

        Assert.Equal(new ConvictedWorker("gpu-3", 4, -1), Assert.Single(ConvictedFile.Read(Copied)));
    }

    [Fact]
    public void Follow_LedgerOfAnotherRun_IsBroughtAnew()
    {
        Carry(Original, _ => { });
        Directory.CreateDirectory(Copied.FullPath);
        File.WriteAllText(Copied.LedgerPath, "{}\n{}\n{}\ntorn");
        var copy = new RunCopy(Copied, new Elsewhere(Original));

        Assert.Throws<CheckpointException>(() => copy.Follow());
        copy.Follow();

        Assert.Equal(File.ReadAllText(Original.LedgerPath), File.ReadAllText(Copied.LedgerPath));
    }

    [Fact]
    public void Complete_RunThatHasEnded_IsTheOriginalToTheByte()
    {
        var end = Carry(Original, _ => { });
        File.WriteAllText(Original.PathOf("state.json"), "said by others");
        var copy = new RunCopy(Copied, new Elsewhere(Original));
        copy.Follow();

        copy.Complete(["state.json", RunClaim.FileName]);

        Assert.Empty(SummaryFile.Problems(Copied));
        Assert.Equal(end.Summary.Digest, SummaryFile.Read(Copied).Digest);
        Assert.Equal(Files(Original, "state.json", RunClaim.FileName), Files(Copied));
    }

    private static LocalEngine Local() => new(new EngineOptions { Workers = 1 }, TimeProvider.System);

    private static List<(string, string)> Files(RunFolder folder, params string[] but) =>
    [
        .. Directory.EnumerateFiles(folder.FullPath, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.FullPath, path))
            .Except(but).Order(StringComparer.Ordinal).Select(name => (name, Convert.ToHexString(File.ReadAllBytes(folder.PathOf(name))))),
    ];

    private static SessionEnd.Completed Carry(RunFolder folder, Action<ServerEffect> seen)
    {
        using var session = RunSession.Open(folder, TinyRuns.Context(Spec), SessionStart.Fresh);
        return Assert.IsType<SessionEnd.Completed>(session.Conclude(
            session.Carry(Local(), new Watching(session.Recorder, seen), CancellationToken.None), "local", withReport: false));
    }

    private bool TryFollow(Elsewhere source)
    {
        try
        {
            new RunCopy(Copied, source).Follow();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (Training.Durable.FileFailureException)
        {
            return false;
        }
    }

    private void GoesOn()
    {
        var end = Assert.IsType<SessionEnd.Completed>(
            RunSession.Complete(Copied, Spec, () => TinyRuns.Context(Spec), Local(), withReport: false, CancellationToken.None));
        Assert.Equal(SummaryFile.Read(Original).StateHash, end.Summary.StateHash);
        Assert.Equal(File.ReadAllText(Original.LedgerPath), File.ReadAllText(Copied.LedgerPath));
    }

    private sealed class Watching(IRunObserver observer, Action<ServerEffect> seen) : IRunObserver
    {
        public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
        {
            observer.On(effect, server, elapsed);
            seen(effect);
        }
    }

    private sealed class Elsewhere(RunFolder folder) : IRunSource
    {
        private int _brought;

        /// <summary>Which file breaks off halfway, from 1; 0 for none.</summary>
        public int BreaksAt { get; init; }

        public IReadOnlyDictionary<string, long> Files() => Directory.EnumerateFiles(folder.FullPath, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder.FullPath, path).Replace('\\', '/'), path => new FileInfo(path).Length, StringComparer.Ordinal);

        public void Bring(string name, long from, Stream target)
        {
            using var file = new FileStream(folder.PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var rest = new byte[Math.Max(0, file.Length - from)];
            file.Position = Math.Min(from, file.Length);
            file.ReadExactly(rest);
            var breaks = ++_brought == BreaksAt;
            target.Write(rest, 0, breaks ? rest.Length / 2 : rest.Length);
            if (breaks) throw new IOException("broke off");
        }
    }
}

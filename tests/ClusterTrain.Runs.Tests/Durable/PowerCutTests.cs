using System.Text;
using ClusterTrain.Runs.Copies;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Durable;

/// <summary>After a power cut at any moment, what was acknowledged is there, and the run goes on to the same bits.</summary>
public sealed class PowerCutTests : IDisposable
{
    private static readonly RunSpec Spec = TinyRuns.Plain with
    {
        Checkpoints = new CheckpointSpec { EverySteps = 1, Keep = 2 }, EarlyStopping = new EarlyStoppingSpec { Metric = StoppingMetric.Accuracy, Patience = 50 },
    };

    // A run is carried to its end from one disk in so many.
    private static readonly int CarriedOneIn = Environment.GetEnvironmentVariable("CLUSTERTRAIN_SLOW") is { Length: > 0 } ? 1 : 20;

    private readonly TemporaryFolder _temporary = new();
    private readonly RunContext _context = TinyRuns.Context(Spec);

    public PowerCutTests() => Assert.SkipUnless(CrashingDisk.IsPossible, "files cannot be told apart here");

    private RunFolder Folder => new(_temporary["run"]);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Write_PowerCutAtAnyMoment_TheAcknowledgedContentOrTheNextIsThere()
    {
        Directory.CreateDirectory(Folder.FullPath);
        string? acknowledged = null;
        var next = "";
        var disk = new CrashingDisk(Folder.FullPath, copy =>
        {
            var path = Path.Combine(copy, "a");
            var found = File.Exists(path) ? File.ReadAllText(path) : null;
            Assert.True(found == acknowledged || found == next, $"{found}, neither {acknowledged} nor {next}");
        }, () => acknowledged);
        disk.Watch(() =>
        {
            foreach (var content in (string[])["one", "another, longer one", "two"])
            {
                next = content;
                AtomicFile.Write(Folder.PathOf("a"), Encoding.UTF8.GetBytes(content));
                acknowledged = content;
            }
        });

        Assert.InRange(disk.Crashes, 8, 100);
    }

    [Fact]
    public void Make_PowerCutAtAnyMoment_WhatWasMadeFirstStays()
    {
        Directory.CreateDirectory(Folder.FullPath);
        var isMade = false;
        var disk = new CrashingDisk(Folder.FullPath, copy =>
        {
            var path = Path.Combine(copy, "secret");
            Assert.True(File.Exists(path) ? File.ReadAllText(path) == "first" : !isMade, "what was made is gone, or another");
        }, () => isMade);
        disk.Watch(() =>
        {
            FirstFile.Make(Folder.PathOf("secret"), "first", "one");
            isMade = true;
            FirstFile.Make(Folder.PathOf("secret"), "second", "other");
        });

        Assert.InRange(disk.Crashes, 3, 100);
    }

    [Fact]
    public void Run_PowerCutAtAnyMoment_GoesOnFromWhatWasAcknowledged()
    {
        var (states, healthy) = Healthy();
        var acknowledged = new Acknowledged();
        Directory.CreateDirectory(Folder.FullPath);
        var (looks, carried) = (0, 0);
        var disk = new CrashingDisk(Folder.FullPath, copy =>
        {
            GoesOn(new RunFolder(copy), acknowledged, states, isCarried: looks++ % CarriedOneIn == 0 && ++carried > 0, healthy);
        }, () => acknowledged);
        disk.Watch(() =>
        {
            // Interrupted, and gone on with.
            using var stop = new CancellationTokenSource();
            Carry(Folder, acknowledged, effect =>
            {
                if (effect is ServerEffect.StepCommitted { Step: 4 }) stop.Cancel();
            }, stop.Token);
            Carry(Folder, acknowledged, _ => { }, CancellationToken.None);
        });

        Assert.Empty(SummaryFile.Problems(Folder));
        TestContext.Current.TestOutputHelper?.WriteLine($"{disk.Crashes} power cuts, {carried} runs carried to their end");
        Assert.True(carried > 5 && disk.Crashes > 100, $"{disk.Crashes} power cuts, {carried} runs carried to their end");
    }

    [Fact]
    public void Copy_PowerCutAtAnyMoment_GoesOnFromWhatWasAcknowledged()
    {
        var (states, healthy) = Healthy();
        var copied = new RunFolder(_temporary["copy"]);
        var (acknowledged, looks) = (new Acknowledged(), 0);
        Directory.CreateDirectory(copied.FullPath);
        var disk = new CrashingDisk(copied.FullPath, copy => GoesOn(new RunFolder(copy), acknowledged, states, isCarried: looks++ % CarriedOneIn == 0, healthy), () => acknowledged);
        disk.Watch(() => Carry(Folder, new Acknowledged(), effect =>
        {
            if (effect is not ServerEffect.CheckpointDue) return;
            var copy = new RunCopy(copied, new FolderSource(Folder));
            copy.Follow();
            (acknowledged.HasSpec, acknowledged.Checkpoint) = (true, copy.Latest);
        }, CancellationToken.None));

        TestContext.Current.TestOutputHelper?.WriteLine($"{disk.Crashes} power cuts");
        Assert.True(disk.Crashes > 50, $"{disk.Crashes} power cuts");
    }

    private void GoesOn(RunFolder folder, Acknowledged acknowledged, Dictionary<long, string> states, bool isCarried, string healthy)
    {
        if (acknowledged.Root is { } root)
        {
            Assert.Equal(root, SummaryFile.Root(folder));
            Assert.Empty(SummaryFile.Problems(folder));
            return;
        }

        if (RunSession.Ended(folder) is { } ended)
        {
            Assert.Equal(healthy, Assert.IsType<SessionEnd.Completed>(ended).Summary.StateHash);
            return;
        }

        if (!File.Exists(folder.SpecPath))
        {
            Assert.False(acknowledged.HasSpec, "the run is gone");
            return;
        }

        Assert.True(acknowledged.Convicted is null || ConvictedFile.Read(folder).Any(worker => worker.Worker == acknowledged.Convicted), "a conviction is gone");
        var evaluated = MetricsFile.Read(folder.MetricsPath).Select(record => record.Step).ToList();
        Assert.True(acknowledged.Evaluated is null || evaluated.Contains(acknowledged.Evaluated.Value), $"the evaluation of step {acknowledged.Evaluated} is gone");
        using var session = RunSession.Open(folder, TinyRuns.Context(Spec), SessionStart.Resume);
        var version = session.Start.State.Model.Version;
        Assert.True(version >= acknowledged.Checkpoint, $"step {acknowledged.Checkpoint} was saved, step {version} is there");
        Assert.Equal(states[version], StateTensors.Hash(session.Start.State.Model));
        if (!isCarried) return;
        var end = session.Conclude(session.Carry(Local(), session.Recorder, CancellationToken.None), "local", withReport: false);
        Assert.Equal(healthy, Assert.IsType<SessionEnd.Completed>(end).Summary.StateHash);
        Assert.Empty(SummaryFile.Problems(folder));
    }

    private void Carry(RunFolder folder, Acknowledged acknowledged, Action<ServerEffect> seen, CancellationToken stop)
    {
        using var session = RunSession.Open(folder, _context, SessionStart.Either);
        acknowledged.HasSpec = true;
        var outcome = session.Carry(Local(), new Watching(session.Recorder, (effect, server) =>
        {
            switch (effect)
            {
                case ServerEffect.CheckpointDue:
                    acknowledged.Checkpoint = Math.Max(acknowledged.Checkpoint, server.Model.Version);
                    break;
                case ServerEffect.Evaluated { Split: Split.Validation } evaluated:
                    acknowledged.Evaluated = evaluated.Version;
                    break;
                case ServerEffect.StepCommitted { Step: 2 }:
                    session.Recorder.On(new ServerEffect.Convicted(new WorkerId("gpu-3"), new WorkId(1, WorkKind.Gradient, 2, 0), 2, 0), server, TimeSpan.Zero);
                    acknowledged.Convicted = "gpu-3";
                    break;
            }

            seen(effect);
        }), stop);
        var end = session.Conclude(outcome, "local", withReport: false);
        if (end is SessionEnd.Completed completed) acknowledged.Root = completed.Summary.RootHash;
    }

    private (Dictionary<long, string> States, string Hash) Healthy()
    {
        var folder = new RunFolder(_temporary["healthy"]);
        Dictionary<long, string> states = [];
        using var session = RunSession.Open(folder, TinyRuns.Context(Spec), SessionStart.Fresh);
        states[0] = StateTensors.Hash(session.Start.State.Model);
        var end = session.Conclude(session.Carry(Local(), new Watching(session.Recorder, (_, server) => states[server.Model.Version] = StateTensors.Hash(server.Model)), CancellationToken.None), "local", withReport: false);
        return (states, Assert.IsType<SessionEnd.Completed>(end).Summary.StateHash);
    }

    private static LocalEngine Local() => new(new EngineOptions { Workers = 1 }, TimeProvider.System);

    private sealed record Acknowledged
    {
        public bool HasSpec { get; set; }

        public long Checkpoint { get; set; }

        public long? Evaluated { get; set; }

        public string? Convicted { get; set; }

        public string? Root { get; set; }
    }

    private sealed class Watching(IRunObserver observer, Action<ServerEffect, ParameterServer> seen) : IRunObserver
    {
        public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
        {
            observer.On(effect, server, elapsed);
            seen(effect, server);
        }
    }

    private sealed class FolderSource(RunFolder folder) : IRunSource
    {
        public IReadOnlyDictionary<string, long> Files() => Directory.EnumerateFiles(folder.FullPath, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder.FullPath, path).Replace('\\', '/'), path => new FileInfo(path).Length, StringComparer.Ordinal);

        public void Bring(string name, long from, Stream target)
        {
            using var file = new FileStream(folder.PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Position = from;
            file.CopyTo(target);
        }
    }
}

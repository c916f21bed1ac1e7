using ClusterTrain.Runs.Disputes;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Disputes;

/// <summary>Two runs that should be one, of which one worker once computed one value wrongly.</summary>
public sealed class DisputeTests : IDisposable
{
    // Ten thousand steps of some ten microseconds, and checkpoints among the last of them.
    private static readonly RunSpec Long = TinyRuns.Fused with
    {
        Epochs = 2500,
        Adversarial = new AdversarialSpec(),
        Evaluation = new EvaluationSpec { EveryEpochs = 2500 },
        Checkpoints = new CheckpointSpec { EverySteps = 100, Keep = 3 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Settle_OneWrongValueInTenThousandSteps_IsFoundBy14ComparisonsAndOneExecution()
    {
        var context = TinyRuns.Context(Long);
        var planted = new WorkId(0, WorkKind.Gradient, context.Plan.TotalSteps - 100, 2);
        var (right, wrong) = (Train(context, "right", null), Train(context, "wrong", planted));

        foreach (var (first, second, verdict) in new[] { (right, wrong, DisputeVerdict.First), (wrong, right, DisputeVerdict.Second) })
        {
            var report = new Dispute(first, second).Settle();

            Assert.Equal(10_000, context.Plan.TotalSteps);
            Assert.Equal((verdict, planted.Step, planted.Step), (report.Verdict, report.Step, report.From));
            Assert.InRange(report.Comparisons, 1, 14);
            Assert.Equal(context.Plan.Shards, report.Shards.Count);
        }
    }

    [Fact]
    public void Settle_WrongRunKeepsTheStateAfterTheStep_NamesShardAndValue()
    {
        var spec = Long with { Epochs = 40, Evaluation = new EvaluationSpec { EveryEpochs = 40 }, Checkpoints = new CheckpointSpec { EverySteps = 50, Keep = 4 } };
        var context = TinyRuns.Context(spec);
        var planted = new WorkId(0, WorkKind.Gradient, 99, 2);
        var (right, wrong) = (Train(context, "right", null), Train(context, "wrong", planted));

        foreach (var (first, second, verdict) in new[] { (right, wrong, DisputeVerdict.First), (wrong, right, DisputeVerdict.Second) })
        {
            var report = new Dispute(first, second).Settle();

            Assert.Equal((verdict, planted.Step, 50L), (report.Verdict, report.Step, report.From));
            Assert.NotNull(report.Value);
            Assert.True(report.Shards[planted.Index].Holds, "the shard that was wrong is among those that can be");
            Assert.NotEqual(report.Value.Right, report.Value.Wrong);
        }
    }

    [Fact]
    public void Settle_WrongRunKeepsNoStateOfTheStep_StillSaysWhoIsRight()
    {
        var spec = Long with { Epochs = 40, Evaluation = new EvaluationSpec { EveryEpochs = 40 }, Checkpoints = new CheckpointSpec { EverySteps = 50, Keep = 2 } };
        var context = TinyRuns.Context(spec);
        var (right, wrong) = (Train(context, "right", null), Train(context, "wrong", new WorkId(0, WorkKind.Gradient, 37, 0)));

        var report = new Dispute(wrong, right).Settle();

        Assert.Equal((DisputeVerdict.Second, 37L, 0L), (report.Verdict, report.Step, report.From));
        Assert.Null(report.Value);
        Assert.All(report.Shards, shard => Assert.Null(shard.Holds));
    }

    [Fact]
    public void Settle_EqualRuns_AgreeAndOneMayBeShorter()
    {
        var context = TinyRuns.Context(TinyRuns.Plain);
        var (one, other) = (Train(context, "one", null), Train(context, "other", null));
        Assert.Equal(DisputeVerdict.Agree, new Dispute(one, other).Settle().Verdict);
        var lines = File.ReadAllLines(other.Folder.LedgerPath);
        File.WriteAllText(other.Folder.LedgerPath, string.Concat(lines[..3].Select(line => line + "\n")));

        Assert.Equal(DisputeVerdict.Agree, new Dispute(one, other).Settle().Verdict);
    }

    [Fact]
    public void Settle_LedgersThatBothLie_IsSaid()
    {
        var context = TinyRuns.Context(TinyRuns.Plain);
        var (one, other) = (Train(context, "one", null), Train(context, "other", null));
        Rewrite(one, entry => entry.Step == 2 ? entry with { State = new string('1', 32) } : entry);
        Rewrite(other, entry => entry.Step == 2 ? entry with { State = new string('2', 32) } : entry);

        Assert.Equal((DisputeVerdict.Neither, 2L), (new Dispute(one, other).Settle().Verdict, new Dispute(one, other).Settle().Step));

        Rewrite(one, entry => entry.Step == 1 ? entry with { State = new string('3', 32) } : entry);
        Rewrite(other, entry => entry.Step == 1 ? entry with { State = new string('3', 32) } : entry);
        Assert.Contains("both ledgers say", Assert.Throws<FileFailureException>(() => new Dispute(one, other).Settle()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settle_LedgerThatIsNotWhole_IsRefused()
    {
        var context = TinyRuns.Context(TinyRuns.Plain);
        var (one, other) = (Train(context, "one", null), Train(context, "other", null));
        File.WriteAllText(one.Folder.LedgerPath, File.ReadAllText(one.Folder.LedgerPath).Replace("\"step\":1", "\"step\":2", StringComparison.Ordinal));

        Assert.Contains("a dispute is about ledgers that are whole", Assert.Throws<FileFailureException>(() => new Dispute(one, other).Settle()).Message, StringComparison.Ordinal);
    }

    private static void Rewrite(StoredRun run, Func<LedgerEntry, LedgerEntry> change)
    {
        var entries = LedgerReader.Read(run.Folder.LedgerPath, run.SpecHashText).Entries;
        File.Delete(run.Folder.LedgerPath);
        using var ledger = LedgerWriter.Create(run.Folder.LedgerPath, run.SpecHashText);
        foreach (var entry in entries) ledger.Append(change(entry));
    }

    /// <summary>A run of one worker, who multiplies one value of one gradient by 1.5.</summary>
    private StoredRun Train(RunContext context, string name, WorkId? planted)
    {
        var folder = new RunFolder(_folder[name]);
        using var session = RunSession.Open(folder, context, SessionStart.Fresh);
        session.Conclude(session.Carry(new FaultyEngine(planted), session.Recorder, CancellationToken.None), "local", withReport: false);
        return new StoredRun(folder, context);
    }

    private sealed class FaultyEngine(WorkId? planted) : IEngine
    {
        public string Name => "local";

        public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop)
        {
            var server = new ParameterServer(run.Context, run.Start, new LeasePolicy());
            var (executor, worker, effects) = (new WorkExecutor(run.Context), new WorkerId("worker"), new List<ServerEffect>());
            var (end, elapsed) = ((ServerEffect?)null, TimeSpan.Zero);
            while (end is null)
            {
                effects.Clear();
                server.Handle(new ServerMessage.WorkerAsks(worker), TimeSpan.Zero, effects);
                var work = effects.OfType<ServerEffect.Assign>().Single();
                var result = executor.Execute(work.Range, 0, work.Parameters, work.Batches);
                if (result.Id == planted) Spoil(((WorkResult.Gradient)result).Shard.Values);
                effects.Clear();
                server.Handle(new ServerMessage.ResultArrives(worker, result), TimeSpan.Zero, effects);
                foreach (var effect in effects) observer.On(effect, server, elapsed += TimeSpan.FromMilliseconds(1));
                end = effects.Find(effect => effect.IsEnd);
            }

            return new RunOutcome(end, server.Model, server.Result, server.Stopping) { Workers = 1 };
        }

        private static void Spoil(Span<float> values)
        {
            var at = values.IndexOfAnyExcept(0f);
            values[at] *= 1.5f;
        }
    }
}

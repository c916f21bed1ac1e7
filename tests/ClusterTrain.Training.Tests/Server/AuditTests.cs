using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Engines.Simulation;
using ClusterTrain.Training.Work;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>Faulty hardware is found, named and left out; healthy workers are never convicted, whatever else goes wrong.</summary>
public sealed class AuditTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CLUSTERTRAIN_SLOW") is { Length: > 0 };
    private static readonly int Schedules = IsLong ? 10_000 : 40;
    private static readonly int Planted = IsLong ? 200 : 60;

    private static readonly Dictionary<string, Action<ShardGradient>> AllFaults = new()
    {
        ["loss"] = gradient => gradient.Loss = double.NaN,
        ["nan"] = gradient => gradient.Values[^1] = float.NaN,
        ["infinite"] = gradient => gradient.Values[0] = float.NegativeInfinity,
        ["scaled"] = gradient => Largest(gradient.Values) *= 1.0001f,
        ["bit"] = gradient => Largest(gradient.Values) = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(Largest(gradient.Values)) ^ (1 << 20)),
        ["count"] = gradient => gradient.Correct++,
    };

    private static readonly Dictionary<string, Action<AdversarialBatch>> RowFaults = new()
    {
        ["scaled"] = batch => Largest(batch.Values) *= 1.0001f,
        ["nan"] = batch => batch.Values[0] = float.NaN,
        ["infinite"] = batch => batch.Values[^1] = float.PositiveInfinity,
    };

    private static readonly Dictionary<string, Func<EvaluationSums, EvaluationSums>> FigureFaults = new()
    {
        ["loss"] = sums => sums with { Loss = sums.Loss * 1.0001 },
        ["nan"] = sums => sums with { Loss = double.NaN },
        ["count"] = sums => sums with { Correct = sums.Correct - 1 },
        ["robust"] = sums => sums with { Robust = sums.Robust - 1 },
    };

    public static readonly TheoryData<string, string> Cases = new(
        AllFaults.Keys.SelectMany(fault => ((string[])["plain", "fused", "pipelined", "collapsing", "collapsing-fused"]).Select(run => (run, fault))));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_OneFaultyWorkerAndEverythingAudited_ConvictsItAndComesToTheHealthyBits(string name, string fault)
    {
        foreach (var seed in Enumerable.Range(0, 5))
        {
            var context = TinyRuns.Context(With(name, audit: 1));
            var engine = new SimulatedEngine(context, new Faults { Seed = seed, Workers = 4, Redone = 10, Faulty = 2, Fault = AllFaults[fault] });
            var run = engine.Run(RunState.Initial(context.Plan));

            Assert.True(engine.GradientsOf(2) > 0, $"seed {seed}: the faulty worker had nothing to do");
            var convicted = Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>());
            Assert.Equal("worker-2", convicted.Worker.Name);
            Assert.Equal(-1, convicted.LastGood);
            Assert.IsType<ServerEffect.Completed>(run.End);
            Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(run.State));
        }
    }

    [Theory]
    [InlineData("scaled")]
    [InlineData("nan")]
    [InlineData("infinite")]
    public void Run_OneWorkerAttacksWronglyAheadAndEverythingAudited_ConvictsItAndComesToTheHealthyBits(string fault)
    {
        foreach (var (name, seed) in ((string[])["pipelined", "collapsing"]).SelectMany(name => Enumerable.Range(0, 10).Select(seed => (name, seed))))
        {
            var run = Simulate(With(name, audit: 1), new Faults { Seed = seed, Workers = 4, Redone = 10, Faulty = 2, RowFault = RowFaults[fault] });

            Assert.Equal("worker-2", Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>()).Worker.Name);
            Assert.IsType<ServerEffect.Completed>(run.End);
            Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(run.State));
        }
    }

    [Theory]
    [InlineData("plain", "loss")]
    [InlineData("early", "count")]
    [InlineData("fused", "robust")]
    [InlineData("pipelined", "nan")]
    [InlineData("collapsing", "count")]
    public void Run_OneWorkerMeasuresWronglyAndEverythingAudited_ConvictsItAndComesToTheHealthyFigures(string name, string fault)
    {
        var healthy = Simulate(With(name, audit: 0), Faults.None);
        for (var seed = 0; seed < 10; seed++)
        {
            var run = Simulate(With(name, audit: 1), new Faults { Seed = seed, Workers = 4, Redone = 10, Faulty = 2, FigureFault = FigureFaults[fault] });

            var convicted = Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>());
            Assert.Equal("worker-2", convicted.Worker.Name);
            Assert.True(convicted.Id.Kind is WorkKind.Validate or WorkKind.Conclude, $"{convicted.Id}");
            Assert.Equal(healthy.End, run.End);
            Assert.Equal(Figures(healthy), Figures(run));
            Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(run.State));
        }
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0)]
    public void Run_RowsThatMakeLossesNoNumbers_TheirMakerIsFoundWithoutAnAuditThatWasDue(double audit)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var run = Simulate(With("pipelined", audit), new Faults { Seed = seed, Workers = 3, Faulty = 1, RowFault = RowFaults["nan"] });

            Assert.Equal("worker-1", Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>()).Worker.Name);
            Assert.Equal(SerialRuns.BitsOf("pipelined"), StateBits.Of(run.State));
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("pipelined")]
    public void Run_GradientsThatMakeParametersNoNumbers_TheirMakerIsNamedAndNotTheLearningRate(string name)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var run = Simulate(With(name, audit: 0), new Faults { Seed = seed, Workers = 3, Faulty = 1, Fault = gradient => gradient.Values.Fill(float.MaxValue) });

            Assert.Equal("worker-1", Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>()).Worker.Name);
            Assert.IsType<ServerEffect.Disagreed>(run.End);
        }
    }

    [Fact]
    public void Run_FaultyWorkerMeasuresNoNumbers_IsFoundWithoutAnAuditThatWasDue()
    {
        var (healthy, found) = (Figures(Simulate(With("plain", audit: 0), Faults.None)), 0);
        for (var seed = 0; seed < 10; seed++)
        {
            var run = Simulate(With("plain", audit: 0), new Faults { Seed = seed, Workers = 3, Faulty = 1, FigureFault = FigureFaults["nan"] });

            // It may have had nothing to measure.
            found += run.Effects.Count(effect => effect.Effect is ServerEffect.Convicted { Worker.Name: "worker-1" });
            Assert.DoesNotContain(run.Effects, effect => effect.Effect is ServerEffect.Convicted { Worker.Name: not "worker-1" });
            Assert.Equal(healthy, Figures(run));
        }

        Assert.InRange(found, 1, 10);
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("nan")]
    public void Run_FaultyWorkerSendsNoNumbers_IsFoundWithoutAnAuditThatWasDue(string fault)
    {
        var run = Simulate(With("fused", audit: 1e-9), new Faults { Seed = 3, Workers = 3, Faulty = 1, Fault = AllFaults[fault] });

        Assert.Equal("worker-1", Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>()).Worker.Name);
        Assert.Equal(SerialRuns.BitsOf("fused"), StateBits.Of(run.State));
    }

    // A gradient of so many multiplications: quickstart's shards take 80 million, and are wrong each time.
    [Theory]
    [InlineData(1e6)]
    [InlineData(8e7)]
    public void Run_WorkerWrongOnceInAMillionMultiplications_IsFoundWithin500OfItsShardsAtOnePercent(double multiplications)
    {
        var found = 0;
        for (var seed = 1; seed <= Planted; seed++)
        {
            var context = TinyRuns.Context(TinyRuns.Plain with { Seed = seed, Epochs = 500, Audit = 0.01, Evaluation = new EvaluationSpec { EveryEpochs = 500 } });
            var (chance, random) = (1 - Math.Exp(-multiplications / 1e6), new Random(seed));
            var engine = new SimulatedEngine(context, new Faults
            {
                Seed = seed, Workers = 2, Faulty = 1, Fault = gradient => Largest(gradient.Values) *= random.NextDouble() < chance ? 1.0001f : 1,
            });
            var run = engine.Run(RunState.Initial(context.Plan), (effect, _) => effect is ServerEffect.Convicted || engine.GradientsOf(1) > 500);
            if (run.Effects.Exists(effect => effect.Effect is ServerEffect.Convicted { Worker.Name: "worker-1" })) found++;
            Assert.DoesNotContain(run.Effects, effect => effect.Effect is ServerEffect.Convicted { Worker.Name: not "worker-1" });
        }

        Assert.True(found >= 0.95 * Planted, $"{found} of {Planted}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{found} of {Planted}");
    }

    [Theory]
    [InlineData("fused")]
    [InlineData("pipelined")]
    [InlineData("early")]
    public void Run_HealthyWorkersUnderFireAndAudited_NobodyIsConvicted(string name)
    {
        Prop.ForAll(Faults.Any(), faults =>
        {
            var run = Simulate(With(name, audit: 0.3), faults);
            Assert.DoesNotContain(run.Effects, effect => effect.Effect is ServerEffect.Convicted or ServerEffect.Disagreed);
            Assert.Equal(SerialRuns.BitsOf(name), StateBits.Of(run.State));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Schedules));
    }

    [Fact]
    public void Run_OnlyWorkerAndEverythingAudited_ExecutesEveryGradientTwice()
    {
        var context = TinyRuns.Context(With("plain", audit: 1));
        var engine = new SimulatedEngine(context, new Faults { Workers = 1 });

        var run = engine.Run(RunState.Initial(context.Plan));

        Assert.True(engine.GradientsOf(1) >= 2 * context.Plan.Shards * context.Plan.TotalSteps, $"{engine.GradientsOf(1)} gradients");
        Assert.Equal(SerialRuns.BitsOf("plain"), StateBits.Of(run.State));
    }

    [Fact]
    public void Run_OnlyWorkerIsFlaky_IsNamedAndTheRunStops()
    {
        var count = 0;
        var run = Simulate(With("plain", audit: 1), new Faults { Workers = 1, Faulty = 1, Fault = gradient => Largest(gradient.Values) += ++count % 7 == 0 ? 1 : 0 });

        Assert.Equal("worker-1", Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>()).Worker.Name);
        Assert.IsType<ServerEffect.Disagreed>(run.End);
    }

    [Fact]
    public void Server_OnlyWorkerIsWrongEachTime_ComputesItselfAndWaitsForAnother()
    {
        var context = TinyRuns.Context(With("plain", audit: 1));
        var server = new ParameterServer(context, RunState.Initial(context.Plan), new LeasePolicy(), mayWait: true);
        var (executor, worker, effects) = (new WorkExecutor(context), new WorkerId("worker"), new List<ServerEffect>());
        server.Handle(new ServerMessage.WorkerAsks(worker), TimeSpan.Zero, effects);
        var work = Assert.Single(effects.OfType<ServerEffect.Assign>());
        var result = (WorkResult.Gradient)executor.Execute(work.Range, 0, work.Parameters, work.Batches);
        AllFaults["scaled"](result.Shard);

        effects.Clear();
        server.Handle(new ServerMessage.ResultArrives(worker, result), TimeSpan.Zero, effects);

        Assert.Equal(worker, Assert.IsType<ServerEffect.Convicted>(Assert.Single(effects)).Worker);
        Assert.False(server.IsFinished);
        Assert.Equal(0, server.Model.Version);
    }

    [Fact]
    public void Server_OtherWorkerNeverComesForAnAudit_DoesNotTakeTheSameWorkersWord()
    {
        var context = TinyRuns.Context(With("plain", audit: 1));
        var server = new ParameterServer(context, RunState.Initial(context.Plan), new LeasePolicy(), mayWait: true);
        var (executor, worker, effects) = (new WorkExecutor(context), new WorkerId("worker"), new List<ServerEffect>());
        server.Handle(new ServerMessage.WorkerAsks(new WorkerId("silent")), TimeSpan.Zero, effects);
        for (var minute = 1; minute < 60 && !effects.OfType<ServerEffect.Convicted>().Any(); minute++)
        {
            var now = TimeSpan.FromMinutes(minute);
            effects.RemoveAll(effect => effect is ServerEffect.Assign);
            server.Handle(new ServerMessage.WorkerAsks(worker), now, effects);
            if (effects.OfType<ServerEffect.Assign>().FirstOrDefault(assign => assign.Worker == worker) is not { } work) continue;
            var result = (WorkResult.Gradient)executor.Execute(work.Range, 0, work.Parameters, work.Batches);
            AllFaults["scaled"](result.Shard);
            server.Handle(new ServerMessage.ResultArrives(worker, result), now, effects);
        }

        Assert.Equal(worker, Assert.Single(effects.OfType<ServerEffect.Convicted>()).Worker);
        Assert.Equal(0, server.Model.Version);
    }

    [Fact]
    public void Server_AnswerOfAConvictedWorkersRowsComesAfterwards_IsNotCommitted()
    {
        var context = TinyRuns.Context(With("pipelined", audit: 1e-9));
        var expected = new OneWorker(TinyRuns.Context("pipelined")).Finish().Effects.OfType<ServerEffect.StepCommitted>().First();
        var server = new ParameterServer(context, RunState.Initial(context.Plan), new LeasePolicy(), mayWait: true);
        var (executor, faulty, healthy, effects) = (new WorkExecutor(context), new WorkerId("faulty"), new WorkerId("healthy"), new List<ServerEffect>());
        for (var shard = 0; shard < context.Plan.Shards; shard++)
        {
            var made = (WorkResult.Attacked)executor.Execute(new WorkItem.Attack(new WorkId(0, WorkKind.Attack, 0, shard), 0), server.Model.Current);
            if (shard == 0) made.Batch.Values.Fill(0.5f);
            Send(shard == 0 ? faulty : healthy, made);
        }

        var ofBoth = new BlockSum(context.Plan.Network, context.Plan.Shards, context.Buffers).Fold(0, [Gradient(0).Shard, Gradient(1).Shard]).Single().Block;
        var last = Gradient(context.Plan.Shards - 1);
        last.Shard.Loss = double.NaN;

        Send(faulty, last);
        Send(healthy, new WorkResult.Gradient(new WorkId(0, WorkKind.Gradient, 0, 0), ofBoth));
        for (var shard = 2; shard < context.Plan.Shards - 1; shard++) Send(healthy, Gradient(shard));

        Assert.Equal(faulty, Assert.Single(effects.OfType<ServerEffect.Convicted>()).Worker);
        Assert.Equal(expected, Assert.Single(effects.OfType<ServerEffect.StepCommitted>()));

        void Send(WorkerId worker, WorkResult result) => server.Handle(new ServerMessage.ResultArrives(worker, result), TimeSpan.Zero, effects);

        WorkResult.Gradient Gradient(int shard) =>
            (WorkResult.Gradient)executor.Execute(new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, 0, shard), 0, server.Batch(0, shard)), server.Model.Current);
    }

    [Fact]
    public void Convicted_Words_NameWhatIsInDoubt()
    {
        var id = new WorkId(0, WorkKind.Gradient, 9, 2);

        Assert.Contains("verify --from 4 --to 8", new ServerEffect.Convicted(new WorkerId("gpu-3"), id, 9, 3).Words, StringComparison.Ordinal);
        Assert.Contains("Nothing else of it is in doubt", new ServerEffect.Convicted(new WorkerId("gpu-3"), id, 9, 8).Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FaultyWorkerAfterTheServerWasReplaced_ItsEarlierStepsAreInDoubtToo()
    {
        var context = TinyRuns.Context(With("plain", audit: 1));
        var begun = new SimulatedEngine(context, Faults.None).Run(RunState.Initial(context.Plan), (effect, _) => effect is ServerEffect.StepCommitted { Step: 2 });

        var run = new SimulatedEngine(context, new Faults { Seed = 1, Workers = 3, Faulty = 2, Fault = AllFaults["bit"] }).Run(begun.State);

        var convicted = Assert.Single(run.Effects.Select(effect => effect.Effect).OfType<ServerEffect.Convicted>());
        Assert.InRange(convicted.Step, 3, long.MaxValue);
        Assert.Equal(-1, convicted.LastGood);
    }

    [Fact]
    public void Audit_OfASpec_ChangesNeitherItsHashNorItsBits() =>
        Assert.Equal(SpecHash.Of(TinyRuns.Plain), SpecHash.Of(TinyRuns.Plain with { Audit = 0.5 }));

    private static RunSpec With(string name, double audit) => TinyRuns.Named(name) with { Audit = audit };

    private static SimulatedRun Simulate(RunSpec spec, Faults faults)
    {
        var context = TinyRuns.Context(spec);
        return new SimulatedEngine(context, faults).Run(RunState.Initial(context.Plan));
    }

    private static List<ServerEffect> Figures(SimulatedRun run) =>
        [.. run.Effects.Select(effect => effect.Effect).Where(effect => effect is ServerEffect.Evaluated or ServerEffect.Completed)];

    private static ref float Largest(Span<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (Math.Abs(values[i]) > Math.Abs(values[best])) best = i;
        return ref values[best];
    }
}

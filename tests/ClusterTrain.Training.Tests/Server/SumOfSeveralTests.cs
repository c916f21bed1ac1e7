using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>Sums that one worker brings of what several computed: booked to each of them, and nobody is convicted for another's part.</summary>
public sealed class SumOfSeveralTests
{
    private static readonly WorkerId[] Workers = [.. "abcd".Select(name => new WorkerId($"{name}"))];
    private static readonly ServerEffect Healthy = new OneWorker(TinyRuns.Context("fused")).Finish().Effects.OfType<ServerEffect.StepCommitted>().First();

    [Fact]
    public void Handle_SumOfTwoWorkers_IsTheirAnswerAndTheStepTheSame()
    {
        var step = new Step(audit: 0);

        step.SendSum(0, 2);
        Assert.True(step.Server.IsLeased(step.Id(0), 1, Workers[0]), "what a worker was given stays its own until it asks again");
        step.Send(2);
        step.Send(1);
        step.Send(3);

        Assert.Equal([Healthy], step.Effects);
    }

    [Fact]
    public void Handle_SumAfterAPartOfIt_TakesItsPlace()
    {
        var step = new Step(audit: 0);

        step.Send(1);
        step.SendSum(0, 2);
        step.SendSum(0, 2);
        step.Send(0);
        step.SendSum(2, 2);

        Assert.Equal([Healthy], step.Effects);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Handle_AuditedPartOfASumIsWrong_ItsMakerAloneIsConvictedAndTheStepHealthy(int faulty)
    {
        var step = new Step(audit: 1);
        var wrong = step.Execute(faulty);
        wrong.Shard.Values[0] += 1;

        step.Send(wrong, Workers[faulty]);
        step.SendSum(0, 2, faulty);
        step.Send(faulty, by: 2);
        Assert.Equal(Workers[faulty], Assert.IsType<ServerEffect.Convicted>(Assert.Single(step.Effects)).Worker);
        step.SendSum(2, 2);

        Assert.Equal(Healthy, step.Effects[1]);
        Assert.Equal(2, step.Effects.Count);
    }

    [Fact]
    public void Handle_AuditedPartOfASumIsRight_NobodyIsConvicted()
    {
        var step = new Step(audit: 1);

        step.Send(1);
        step.SendSum(0, 4);
        Assert.Empty(step.Effects);
        step.Send(1, by: 2);

        Assert.Equal([Healthy], step.Effects);
    }

    [Fact]
    public void Handle_SumOfAConvictedWorker_DoesNotCount()
    {
        var step = new Step(audit: 0);
        var wrong = step.Execute(1);
        wrong.Shard.Loss = double.NaN;
        step.Send(wrong, Workers[1]);
        Assert.IsType<ServerEffect.Convicted>(Assert.Single(step.Effects));

        step.SendSum(0, 4, faulty: 1);
        Assert.Single(step.Effects);
        step.Send(0);
        step.SendSum(2, 2);

        Assert.Equal(Healthy, step.Effects[1]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Handle_SumOfNoNumbers_IsComputedAnewAndNobodyIsConvicted(float value)
    {
        var step = new Step(audit: 0);
        var sum = step.Sum(0, 4);
        sum.Shard.Values[1] = value;

        step.Send(sum, step.Parts(0, 4));

        Assert.Equal([Healthy], step.Effects);
    }

    [Fact]
    public void Handle_SumIsWrongAndAnotherExecutesAllOfIt_IsComputedAnewAndNobodyIsConvicted()
    {
        var step = new Step(audit: 0);
        var sum = step.Sum(0, 2);
        sum.Shard.Values[1] += 1;
        step.Send(sum, step.Parts(0, 2));

        step.Send(step.Sum(0, 2), Workers[3]);
        step.SendSum(2, 2);

        Assert.Equal([Healthy], step.Effects);
    }

    /// <summary>The first step of a run with a shard for each of four workers.</summary>
    private sealed class Step
    {
        private readonly RunContext _context;
        private readonly WorkExecutor _executor;
        private readonly BlockSum _blocks;

        public Step(double audit)
        {
            _context = TinyRuns.Context(TinyRuns.Fused with { Audit = audit });
            (_executor, _blocks) = (new WorkExecutor(_context), new BlockSum(_context.Plan.Network, _context.Plan.Shards, _context.Buffers));
            Server = new ParameterServer(_context, RunState.Initial(_context.Plan), new LeasePolicy(), mayWait: true);
            foreach (var worker in Workers) Handle(new ServerMessage.WorkerAsks(worker));
        }

        public ParameterServer Server { get; }

        /// <summary>Everything but assignments.</summary>
        public List<ServerEffect> Effects { get; } = [];

        public WorkId Id(int shard) => new(0, WorkKind.Gradient, 0, shard);

        public WorkResult.Gradient Execute(int shard) =>
            (WorkResult.Gradient)_executor.Execute(new WorkRange(Id(shard), 1, 0), 0, Server.Model.Current, default);

        public WorkResult.Gradient Sum(int first, int count, int faulty = -1)
        {
            var leaves = Enumerable.Range(first, count).Select(shard => Execute(shard).Shard).ToList();
            if (faulty >= 0) leaves[faulty - first].Values[0] += 1;
            return new WorkResult.Gradient(Id(first), _blocks.Fold(first, leaves)[0].Block);
        }

        public List<WorkPart> Parts(int first, int count) => [.. Enumerable.Range(first, count).Select(shard => new WorkPart(Workers[shard], shard, 1))];

        public void Send(int shard, int? by = null) => Send(Execute(shard), Workers[by ?? shard]);

        public void SendSum(int first, int count, int faulty = -1) => Send(Sum(first, count, faulty), Parts(first, count));

        public void Send(WorkResult result, WorkerId worker) => Handle(new ServerMessage.ResultArrives(worker, result));

        public void Send(WorkResult result, IReadOnlyList<WorkPart> parts) =>
            Handle(new ServerMessage.ResultArrives(parts[0].Worker, result) { Parts = parts });

        // As far as the first step goes.
        private void Handle(ServerMessage message)
        {
            if (Server.Model.Version > 0) return;
            List<ServerEffect> effects = [];
            Server.Handle(message, TimeSpan.Zero, effects);
            Effects.AddRange(effects.Where(effect => effect is not ServerEffect.Assign));
            if (Server.Model.Version > 0) Assert.Equal(0, _context.Buffers.Outstanding);
        }
    }
}

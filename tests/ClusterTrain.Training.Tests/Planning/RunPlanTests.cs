using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Planning;

public sealed class RunPlanTests
{
    [Theory]
    [InlineData(24, 4, 4, 6)]
    [InlineData(20, 5, 4, 4)]
    [InlineData(28, 7, 3, 4)]
    [InlineData(96, 1, 1, 96)]
    public void Plan_BatchAndShards_CutsWholeBatchesOnly(int batch, int shards, int stepsPerEpoch, int shardRows)
    {
        var plan = Plan(TinyRuns.Plain with { Epochs = 3, Batch = new BatchSpec { Size = batch, Shards = shards } });

        Assert.Equal((stepsPerEpoch, 3L * stepsPerEpoch, shardRows), (plan.StepsPerEpoch, plan.TotalSteps, plan.ShardRows));
        Assert.Equal(1f / shards, plan.FactorsAt(0).GradientScale);
    }

    [Theory]
    [InlineData(1, new long[] { 4, 8, 12, 16, 20 })]
    [InlineData(2, new long[] { 8, 16, 20 })]
    [InlineData(9, new long[] { 20 })]
    public void IsEvaluationDue_EveryEpochs_IsAtTheirEndsAndAtTheRuns(int everyEpochs, long[] expected)
    {
        var plan = Plan(TinyRuns.Plain with { Epochs = 5, Evaluation = new EvaluationSpec { EveryEpochs = everyEpochs } });

        Assert.Equal(expected, Versions(plan).Where(plan.IsEvaluationDue));
        Assert.Equal(expected, Versions(plan).Where(plan.IsCheckpointDue));
    }

    [Theory]
    [InlineData(3, new long[] { 3, 6, 8 })]
    [InlineData(4, new long[] { 4, 8 })]
    [InlineData(100, new long[] { 8 })]
    public void IsCheckpointDue_EverySteps_IsAtTheseAndAtTheEnd(int everySteps, long[] expected)
    {
        var plan = Plan(TinyRuns.Plain with { Checkpoints = new CheckpointSpec { EverySteps = everySteps } });

        Assert.Equal(expected, Versions(plan).Where(version => version > 0 && plan.IsCheckpointDue(version)));
    }

    [Fact]
    public void AttackAt_WarmupOfOneAndAHalfEpochs_RisesLinearlyToFullStrength()
    {
        var plan = Plan(TinyRuns.Fused);

        for (var step = 0; step < 8; step++)
        {
            var factor = Math.Min(1, (step + 1) / 6.0);
            var attack = Assert.IsType<PgdAttack>(plan.AttackAt(step).Attack);
            Assert.Equal((float)(0.1f * factor), (float)attack.Epsilon);
            Assert.Equal((float)(0.05f * factor), (float)attack.StepSize);
        }

        Assert.Same(plan.TrainAttack, plan.AttackAt(5));
    }

    [Fact]
    public void AttackAt_NoWarmup_IsFullStrengthFromTheFirstStep() =>
        Assert.Equal(0.1, Plan(TinyRuns.Fused with { Adversarial = TinyRuns.Fused.Adversarial with { WarmupEpochs = 0 } }).AttackAt(0).Attack.Epsilon);

    [Fact]
    public void AttackVersion_Pipelined_IsOneBehindAndFusedIsItsOwn()
    {
        Assert.Equal([0, 0, 1, 2], Enumerable.Range(0, 4).Select(step => Plan(TinyRuns.Pipelined).AttackVersion(step)));
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(step => Plan(TinyRuns.Fused).AttackVersion(step)));
    }

    // A half is rounded up, as the spec's own count says, not to the even neighbour.
    [Theory]
    [InlineData(20, 0.5, 3)]
    [InlineData(24, 0.5, 3)]
    [InlineData(24, 0.05, 0)]
    [InlineData(24, 1, 6)]
    public void AttackedRowsOfShard_Fraction_IsWhatTheSpecCounts(int batch, double fraction, int expected)
    {
        var spec = TinyRuns.Pipelined with
        {
            Batch = new BatchSpec { Size = batch, Shards = 4 },
            Adversarial = TinyRuns.Pipelined.Adversarial with { Fraction = fraction },
        };

        var plan = Plan(spec);

        Assert.Equal(expected, plan.AttackedRowsOfShard);
        Assert.Equal(spec.Adversarial.AttackedRows(plan.ShardRows), plan.AttackedRowsOfShard);
        Assert.Equal(expected > 0, plan.IsPipelined);
    }

    private static RunPlan Plan(RunSpec spec) => new(spec, TinyRuns.Data);

    private static IEnumerable<long> Versions(RunPlan plan) => Enumerable.Range(0, (int)plan.TotalSteps + 1).Select(version => (long)version);
}

using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Tests.Server;

namespace ClusterTrain.Training.Tests.Commit;

/// <summary>The commit, row by row from cut-out shards, against the serial trainer's dense loop.</summary>
public sealed class StepCommitTests
{
    private static readonly RegularizationSpec[] Penalties =
    [
        new(),
        new() { L2 = 0.01 },
        new() { WeightDecay = 0.1 },
        new() { L1 = 0.05 },
        new() { MaxNorm = 0.5 },
        new() { L2 = 0.001, WeightDecay = 0.05, L1 = 0.01, MaxNorm = 0.7 },
        new() { L2 = 0.001, WeightDecay = 0.05, L1 = 0.01, MaxNorm = 0.7, Penalized = PenaltyScope.All },
    ];

    public static TheoryData<string> Optimizers() => [.. OptimizerRule.Catalogue.Names];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Apply_EveryOptimizerWithEveryPenalty_IsTheDensePath(string optimizer)
    {
        var ends = new HashSet<string>();
        foreach (var penalty in Penalties)
        {
            var spec = TinyRuns.Fused with
            {
                Epochs = 1,
                Optimizer = new OptimizerSpec { Type = OptimizerRule.Catalogue.Get(optimizer), LearningRate = 0.05 },
                Regularization = penalty,
            };
            var context = TinyRuns.Context(spec);
            var serial = StateBits.Of(new SerialTrainer(context).Train(RunState.Initial(context.Plan)));

            Assert.Equal(serial, StateBits.Of(new OneWorker(TinyRuns.Context(spec)).Finish().State));
            ends.Add(serial);
        }

        Assert.Equal(Penalties.Length, ends.Count);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("adam")]
    [InlineData("seven-shards")]
    public void Apply_Fingerprint_IsThatOfTheCommittedStateTakenAfresh(string name)
    {
        var run = new OneWorker(TinyRuns.Context(name)).Finish();

        var model = run.Server.Model;
        var fingerprint = default(StateFingerprint);
        foreach (var tensor in model.Network.Tensors.Reverse())
        {
            for (var row = tensor.Rows - 1; row >= 0; row--)
            {
                var offset = tensor.Offset + (row * tensor.Columns);
                fingerprint += StateFingerprint.OfRow(0, offset, model.Parameters.Span.Slice(offset, tensor.Columns));
                for (var moment = 0; moment < model.Moments.Count; moment++)
                    fingerprint += StateFingerprint.OfRow(moment + 1, offset, model.Moments[moment].Span.Slice(offset, tensor.Columns));
            }
        }

        Assert.Equal(fingerprint.ToString(), run.Effects.OfType<ServerEffect.StepCommitted>().Last().State);
    }

    [Fact]
    public void Apply_DecayOfAll_ShrinksScalesTooAndNoStatistics()
    {
        var (weights, all) = (FirstStep(PenaltyScope.Weights), FirstStep(PenaltyScope.All));
        var start = RunState.Initial(TinyRuns.Context("norm").Plan).Model.Parameters.Span.ToArray();

        foreach (var tensor in weights.Network.Tensors)
        {
            var (exempt, shrunk) = (weights.Parameters.Span[tensor.Offset], all.Parameters.Span[tensor.Offset]);
            var newlyPenalized = !tensor.IsPenalized && !tensor.IsStatistic;
            Assert.Equal(newlyPenalized ? 0.1 * 0.2 * start[tensor.Offset] : 0, exempt - shrunk, 6);
        }

        Assert.Contains(weights.Network.Tensors, tensor => tensor.IsStatistic);
        Assert.Contains(weights.Network.Tensors, tensor => !tensor.IsPenalized && !tensor.IsStatistic && start[tensor.Offset] == 1);

        static ModelState FirstStep(PenaltyScope scope)
        {
            var spec = TinyRuns.Named("norm") with
            {
                Epochs = 1,
                Batch = new BatchSpec { Size = 96, Shards = 4 },
                Optimizer = new OptimizerSpec { LearningRate = 0.1 },
                Regularization = new RegularizationSpec { WeightDecay = 0.2, Penalized = scope },
            };
            var model = new OneWorker(TinyRuns.Context(spec)).Finish().Server.Model;
            Assert.Equal(1, model.Version);
            return model;
        }
    }

    [Fact]
    public void Apply_MaxNormAndL1_KeepTheirPromise()
    {
        var spec = TinyRuns.Plain with { Regularization = new RegularizationSpec { L1 = 0.02, MaxNorm = 0.8 } };
        var model = new OneWorker(TinyRuns.Context(spec)).Finish().Server.Model;

        foreach (var tensor in model.Network.Tensors.Where(tensor => tensor.IsPenalized))
        {
            for (var row = 0; row < tensor.Rows; row++)
            {
                var squares = 0.0;
                foreach (var weight in model.Parameters.Span.Slice(tensor.Offset + (row * tensor.Columns), tensor.Columns)) squares += (double)weight * weight;
                Assert.InRange(Math.Sqrt(squares), 0, 0.8);
            }
        }

        Assert.NotEqual(-1, model.Parameters.Span.IndexOf(0f));
    }
}

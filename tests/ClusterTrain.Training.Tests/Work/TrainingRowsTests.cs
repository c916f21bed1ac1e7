using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Work;

public sealed class TrainingRowsTests
{
    private static readonly RunSpec Noisy = TinyRuns.Plain with { Regularization = new() { InputNoise = 0.3 } };

    [Fact]
    public void Row_NothingSet_IsTheDataItself()
    {
        var rows = Rows(TinyRuns.Plain);

        Assert.True(rows.IsPlain);
        Assert.True(rows.Row(3, 5) == TinyRuns.Data.Train.Row(5));
    }

    [Fact]
    public void Row_Augmented_IsAPureFunctionOfSeedStepAndRow()
    {
        var (rows, others) = (Rows(TinyRuns.Augmented), Rows(TinyRuns.Augmented));
        others.Row(9, 2);
        others.Row(0, 0);

        Assert.Equal(rows.Row(3, 5).ToArray(), others.Row(3, 5).ToArray());
        Assert.NotEqual(rows.Row(3, 5).ToArray(), rows.Row(4, 5).ToArray());
        Assert.NotEqual(rows.Row(3, 5).ToArray(), rows.Row(3, 6).ToArray());
        Assert.NotEqual(rows.Row(3, 5).ToArray(), Rows(TinyRuns.Augmented with { Seed = 8 }).Row(3, 5).ToArray());
    }

    [Fact]
    public void Row_Augmented_DoesNotDependOnTheShard()
    {
        var other = TinyRuns.Augmented with { Batch = new BatchSpec { Size = 24, Shards = 2 } };

        for (var row = 0; row < TinyRuns.Data.Train.Rows; row++)
            Assert.Equal(Rows(TinyRuns.Augmented).Row(2, row).ToArray(), Rows(other).Row(2, row).ToArray());
    }

    [Fact]
    public void Row_Augmented_IsWhatTheAugmenterMakesOfTheDataAndIsWithin0And1()
    {
        var spec = TinyRuns.Augmented with { Regularization = new() };
        var rows = Rows(spec);
        var expected = new float[12];

        for (var row = 0; row < 96; row++)
        {
            Augmenter.Apply(
                new AugmentationRanges
                {
                    Probability = 0.9, Rotation = 15, ScaleMin = 0.8, ScaleMax = 1.2, Shift = 0.5, Shear = 0.1, Crop = 1,
                    FlipHorizontal = true, FlipVertical = true, Brightness = 0.2, Contrast = 0.2, Noise = 0.05,
                },
                new MapShape(1, 3, 4), Augmenter.Stream(7, 5, row), TinyRuns.Data.Train.Row(row), expected);
            Assert.Equal(expected, rows.Row(5, row).ToArray());
            Assert.All(expected, value => Assert.InRange(value, 0f, 1f));
        }
    }

    [Fact]
    public void Row_EveryKeyOfTheSpec_Counts()
    {
        AugmentationSpec[] specs =
        [
            new() { Rotation = 15 }, new() { ScaleMin = 0.8 }, new() { ScaleMax = 1.2 }, new() { Shift = 1 }, new() { Shear = 0.2 },
            new() { Crop = 1 }, new() { FlipHorizontal = true }, new() { FlipVertical = true }, new() { Brightness = 0.2 },
            new() { Contrast = 0.2 }, new() { Noise = 0.1 },
        ];

        Assert.All(specs, augmentation =>
        {
            var rows = Rows(TinyRuns.Plain with { Augmentation = augmentation });
            var never = Rows(TinyRuns.Plain with { Augmentation = augmentation with { Probability = 0 } });
            Assert.Contains(Enumerable.Range(0, 20), row => !rows.Row(0, row).SequenceEqual(TinyRuns.Data.Train.Row(row)));
            Assert.All(Enumerable.Range(0, 20), row => Assert.True(never.Row(0, row).SequenceEqual(TinyRuns.Data.Train.Row(row))));
        });
    }

    [Fact]
    public void Row_InputNoise_HasMeanZeroAndTheStatedVariance()
    {
        var differences = Differences(Noisy).ToList();
        var count = differences.Count;

        var mean = differences.Average();
        var variance = differences.Sum(value => (value - mean) * (value - mean)) / (count - 1);

        // Within 4 standard errors: s / sqrt(n), and s^2 sqrt(2 / n) for a normal's variance.
        Assert.InRange(mean, -4 * 0.3 / Math.Sqrt(count), 4 * 0.3 / Math.Sqrt(count));
        Assert.InRange(variance, 0.09 * (1 - (4 * Math.Sqrt(2.0 / count))), 0.09 * (1 + (4 * Math.Sqrt(2.0 / count))));
    }

    [Fact]
    public void Row_InputNoise_IsClippedOnlyWhereThereIsAnAttack()
    {
        var attacked = Rows(Noisy with { Adversarial = TinyRuns.Fused.Adversarial });
        var (outside, noisy) = (0, Rows(Noisy));

        for (var row = 0; row < 96; row++)
        {
            var free = noisy.Row(1, row).ToArray();
            outside += free.Count(value => value is < 0 or > 1);
            Assert.Equal(free.Select(value => Math.Clamp(value, 0f, 1f)), attacked.Row(1, row).ToArray());
        }

        Assert.True(outside > 100, $"only {outside} values were outside");
    }

    // FGSM without length leaves rows as they are: what the attack hands over is the row it started from, in the features
    // of what it attacks.
    [Theory]
    [InlineData(ReplicaChoice.Thinned)]
    [InlineData(ReplicaChoice.Full)]
    public void Attack_OfAugmentedRows_StartsFromThem(ReplicaChoice replica)
    {
        var spec = TinyRuns.Augmented with
        {
            Adversarial = new AdversarialSpec { Attack = new FgsmAttack { Epsilon = 0 }, Replica = replica, Generation = GenerationChoice.Pipelined },
        };
        var context = TinyRuns.Context(spec);
        var (rows, mask) = (new TrainingRows(context), new ReplicaMask(context.Plan.Network));
        var model = RunState.Initial(context.Plan).Model;

        for (var shard = 0; shard < context.Plan.Shards; shard++)
        {
            var item = new WorkItem.Attack(new WorkId(0, WorkKind.Attack, 0, shard), 0);
            var batch = ((WorkResult.Attacked)new WorkExecutor(context).Execute(item, model.Current)).Batch;
            if (replica == ReplicaChoice.Thinned) mask.Draw(spec.Seed, 0, shard);
            else mask.Fill();
            var kept = new float[mask.Inputs.Features];
            for (var i = 0; i < context.Plan.ShardRows; i++)
            {
                mask.Inputs.Gather(rows.Row(0, context.Order.Rows(0, shard)[i]), kept);
                Assert.Equal(kept, batch.Read(kept.Length).Slice(i * kept.Length, kept.Length).ToArray());
            }
        }
    }

    private static IEnumerable<double> Differences(RunSpec spec)
    {
        var rows = Rows(spec);
        return Enumerable.Range(0, 50).SelectMany(step => Enumerable.Range(0, 96).SelectMany(row =>
        {
            var clean = TinyRuns.Data.Train.Row(row).ToArray();
            return rows.Row(step, row).ToArray().Select((value, i) => (double)value - clean[i]);
        }));
    }

    private static TrainingRows Rows(RunSpec spec) => new(TinyRuns.Context(spec));
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Footprint;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Footprint;

public sealed class RunMemoryTests
{
    private const double Tolerance = 0.1;

    private const string Rows = "data: { name: glyphs, train: 600, validation: 100, test: 300 }\n";

    private const string Mlp = Rows + """
        network:
          layers: [{ type: dense, units: 700 }, { type: relu }, { type: dense, units: 500 }, { type: tanh }, { type: dense, units: 10 }]
        batch: { size: 400, shards: 2 }

        """;

    private const string Thinned = Rows + """
        network:
          layers:
            - { type: dropout, rate: 0.2 }
            - { type: dense, units: 1200 }
            - { type: relu }
            - { type: dropout, rate: 0.5 }
            - { type: dense, units: 800 }
            - { type: relu }
            - { type: dropout, rate: 0.5 }
            - { type: dense, units: 10 }
        batch: { size: 240, shards: 4 }

        """;

    private const string Cnn = Rows + """
        network:
          layers:
            - { type: conv2d, channels: 16, padding: 1 }
            - { type: batchNorm }
            - { type: relu }
            - { type: maxPool }
            - { type: conv2d, channels: 32 }
            - { type: relu }
            - { type: maxPool }
            - { type: dropout, rate: 0.25 }
            - { type: flatten }
            - { type: dense, units: 256 }
            - { type: relu }
            - { type: dense, units: 10 }
        batch: { size: 256, shards: 4 }

        """;

    private const string Residual = Rows + """
        network:
          layers:
            - { type: conv2d, channels: 12, padding: same, bias: false }
            - { type: batchNorm }
            - { type: silu }
            - type: residual
              main:
                - { type: conv2d, channels: 24, padding: same, stride: 2 }
                - { type: batchNorm }
                - { type: relu }
                - { type: dropout, rate: 0.3 }
                - { type: conv2d, channels: 24, padding: same }
              shortcut: [{ type: conv2d, channels: 24, kernel: 1, stride: 2 }]
            - type: residual
              main:
                - { type: groupNorm, groups: 4 }
                - { type: relu }
                - { type: residual, main: [{ type: conv2d, channels: 24, padding: same }] }
            - { type: globalAvgPool }
            - { type: dense, units: 10 }
        batch: { size: 512, shards: 4 }

        """;

    private const string Pgd = "attack: { method: pgd, epsilon: 0.1, stepSize: 0.05, steps: 1 }";

    private const string Evaluated = "evaluation: { testAttack: { method: pgd, epsilon: 0.1, stepSize: 0.05, steps: 1 } }\n";

    private static readonly Lazy<Dataset> Glyphs = new(() =>
        DatasetLoader.Load(SpecLoader.Load(Rows, "rows").Spec!.Data, new DataLocations([])));

    public static readonly TheoryData<string> Specs = new(
        Mlp,
        Mlp + "optimizer: { type: adam }\n" + Evaluated,
        Mlp + $"adversarial: {{ {Pgd}, objective: trades }}\n",
        Mlp + "regularization: { weightNoise: 0.1 }\n",
        Thinned,
        Thinned + $"adversarial: {{ {Pgd}, generation: pipelined }}\nevaluation: {{ validationAttack: {{ method: fgsm }} }}\n"
            + "earlyStopping: { metric: robustAccuracy }\n",
        Thinned + $"adversarial: {{ {Pgd}, replica: full }}\nregularization: {{ dropoutMasks: example }}\n",
        Cnn,
        Cnn + $"optimizer: {{ type: adam }}\nadversarial: {{ {Pgd} }}\n" + Evaluated,
        Cnn + $"adversarial: {{ {Pgd}, replica: full, generation: pipelined }}\n",
        Residual,
        Residual + $"adversarial: {{ {Pgd} }}\n" + Evaluated);

    [Theory]
    [MemberData(nameof(Specs))]
    public void Worker_OfASpec_IsWithinATenthOfWhatItsExecutorAllocates(string text)
    {
        var (context, memory) = Run(text);
        var model = RunState.Initial(context.Plan).Model;
        // What is made once for the process is not the worker's.
        Work(context, model);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Work(new RunContext(context.Spec, context.Data, () => new ManagedProducts()), model);

        var expected = memory.Rows.Where(row => row.What is not (RunMemory.Data or RunMemory.Versions)).Sum(row => row.Worker);
        AssertNear(expected, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void Server_OfASpec_IsWithinATenthOfWhatItsStateAndAStepAllocate(string text)
    {
        var (context, memory) = Run(text);
        var plan = context.Plan;
        var before = GC.GetAllocatedBytesForCurrentThread();

        var model = RunState.Initial(plan).Model;
        var best = plan.Spec.EarlyStopping.Metric == StoppingMetric.None ? null : model.Copy();
        var (tree, commit) = (new ReductionTree(plan.Network, plan.Shards), new StepCommit(plan));
        for (var shard = 0; shard < plan.Shards; shard++)
        {
            var gradient = context.Buffers.RentGradient();
            gradient.Mask.Draw(plan.Masks, 0, shard);
            tree.Offer(shard, gradient);
        }

        for (var batch = 0; plan.IsPipelined && batch < 2 * plan.Shards; batch++) context.Buffers.RentBatch();
        commit.Apply(tree, model);

        var expected = memory.Rows.Where(row => row.What is not RunMemory.Data).Sum(row => row.Server);
        AssertNear(expected, GC.GetAllocatedBytesForCurrentThread() - before);
        GC.KeepAlive(best);
    }

    [Fact]
    public void Data_OfASplit_IsWithinATenthOfWhatLoadingKeeps()
    {
        var (context, memory) = Run(Mlp);
        Examples[] splits = [context.Data.Train, context.Data.Validation, context.Data.Test];
        var kept = splits.Sum(rows => (4L * rows.Inputs.Length) + rows.Labels.Length);

        AssertNear(memory.Rows.Single(row => row.What == RunMemory.Data).Server, kept);
    }

    [Fact]
    public void Problem_MoreThanTheMachineHas_NamesSumAndLimit()
    {
        var memory = Run(Mlp).Memory;

        Assert.Null(memory.Problem(memory.Worker));
        var problem = memory.Problem(memory.Worker - 1);
        Assert.Contains($"takes {RunMemory.Text(memory.Worker)} in each worker", problem, StringComparison.Ordinal);
        Assert.Contains($"this machine has {RunMemory.Text(memory.Worker - 1)}", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512, "0.5 KiB")]
    [InlineData(3 << 20, "3.0 MiB")]
    [InlineData(5L << 40, "5,120.0 GiB")]
    public void Text_Bytes_HaveAUnitThatFits(long bytes, string text) => Assert.Equal(text, RunMemory.Text(bytes));

    private static void Work(RunContext context, ModelState model)
    {
        var executor = new WorkExecutor(context);
        AdversarialBatch? made = null;
        if (context.Plan.IsPipelined)
        {
            var attack = new WorkItem.Attack(new WorkId(0, WorkKind.Attack, 0, 0), 0);
            made = ((WorkResult.Attacked)executor.Execute(attack, model.Current)).Batch;
        }

        executor.Execute(new WorkItem.Gradient(new WorkId(0, WorkKind.Gradient, 0, 0), 0, made), model.Current);
        var chunk = new EvaluationChunk(Split.Test, 0, EvaluationChunk.MaxRows);
        foreach (var threat in new[] { context.Plan.ValidationAttack, context.Plan.TestAttack })
            executor.Execute(new WorkItem.Evaluate(new WorkId(0, WorkKind.Conclude, 0, 0), 0, chunk, threat), model.Current);
    }

    private static (RunContext Context, RunMemory Memory) Run(string text)
    {
        var spec = SpecLoader.Load(text, "memory").Spec!;
        var data = Glyphs.Value;
        var (input, extent) = (MapShape.Of(data.InputShape), DataExtent.Of(data));
        var plan = new RunPlan(spec, Network.Build(input, spec.Network.Layers), input, extent.TrainRows);
        return (new RunContext(spec, data, () => new ManagedProducts()), RunMemory.Of(plan, extent));
    }

    private static void AssertNear(long expected, long measured) => Assert.True(
        Math.Abs(expected - measured) <= Tolerance * measured,
        $"expected {RunMemory.Text(expected)}, measured {RunMemory.Text(measured)}");
}

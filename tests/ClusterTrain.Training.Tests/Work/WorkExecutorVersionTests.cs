using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Work;

/// <summary>A version may come back in other memory, and the memory it once had may by then hold another version.</summary>
public sealed class WorkExecutorVersionTests
{
    private const int Rows = 16;
    private const int Inputs = 6;
    private static readonly AttackPlan Attack = new(new FgsmAttack { Epsilon = 0.3f });

    public static TheoryData<bool, bool> Threats => new MatrixTheoryData<bool, bool>([false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Threats))]
    public void Execute_VersionInOtherMemoryAfterTheFirstWasOverwritten_IsThatOfAFreshExecutor(bool first, bool second)
    {
        var context = Context();
        var (live, best) = (Parameters(context, 1), Parameters(context, 1));
        var executor = new WorkExecutor(context);
        Evaluate(executor, live, first);
        Parameters(context, 2).CopyTo(live, 0);

        // The best state, kept in a copy, is measured at the end of the run.
        Assert.Equal(Evaluate(new WorkExecutor(context), best, second), Evaluate(executor, best, second));
    }

    private static EvaluationSums Evaluate(WorkExecutor executor, float[] parameters, bool attacked)
    {
        var item = new WorkItem.Evaluate(
            new WorkId(0, WorkKind.Validate, 100, 0), 100, new EvaluationChunk(Split.Validation, 0, Rows),
            attacked ? Attack : null);
        return ((WorkResult.Evaluated)executor.Execute(item, new ParameterSnapshot(100, parameters))).Sums;
    }

    private static float[] Parameters(RunContext context, long seed)
    {
        var parameters = new float[context.Plan.Network.ParameterCount];
        Initialization.Fill(context.Plan.Network, parameters, seed);
        return parameters;
    }

    private static RunContext Context()
    {
        var inputs = new AlignedBuffer(Rows * Inputs);
        for (var i = 0; i < inputs.Length; i++)
            inputs.Span[i] = i * 37 % 101 / 101f;
        var examples = new Examples(inputs, [.. Enumerable.Range(0, Rows).Select(row => (byte)(row % 3))], Inputs);
        var spec = new RunSpec
        {
            Network = new NetworkSpec
            {
                Layers =
                [
                    new DenseLayer { Units = 8 }, new ReluLayer(),
                    new DropoutLayer { Rate = 0.5 }, new DenseLayer { Units = 3 },
                ],
            },
            Batch = new BatchSpec { Size = 8, Shards = 4 },
        };
        var data = new Dataset("test", [1, 1, Inputs], 3, examples, examples, examples, "");
        return new RunContext(spec, data, () => new ManagedProducts());
    }
}

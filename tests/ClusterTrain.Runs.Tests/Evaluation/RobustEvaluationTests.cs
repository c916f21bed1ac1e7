using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Evaluation;

public sealed class RobustEvaluationTests
{
    public static TheoryData<string> Methods =>
        [.. Attack.Catalogue.All.OfType<BallAttack>().Select(attack => attack.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Attack_AnyWorkers_HasTheSameOutcome(string method)
    {
        var attack = Made(method) with { Epsilon = 0.1 };
        var clean = TinyNetwork.Honest().Clean(40);
        var (one, three) = (TinyNetwork.Honest().Attack(attack, clean), TinyNetwork.Honest(3).Attack(attack, clean));

        Assert.Equal(one.StillCorrect, three.StillCorrect);
        Assert.Equal(
            (one.LargestPerturbation, one.Lowest, one.Highest), (three.LargestPerturbation, three.Lowest, three.Highest));
        Assert.InRange(one.LargestPerturbation, 0.01, 0.1000001);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Attack_OnSomeRows_IsTheOutcomeOnAll(string method)
    {
        var attack = Made(method) with { Norm = AttackNorm.L2, Epsilon = 0.15 };
        var clean = TinyNetwork.Honest().Clean(40);
        var all = TinyNetwork.Honest().Attack(attack, clean).StillCorrect;
        bool[] half = [.. clean.Select((right, row) => right && row % 2 == 1)];

        Assert.Equal(all.Select((still, row) => still && half[row]), TinyNetwork.Honest().Attack(attack, half).StillCorrect);
    }

    /// <summary>What a worker counts for the server is what the command counts: one core, one figure.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Attack_OnTheTestRows_IsWhatTrainingCounts(string method)
    {
        var attack = Made(method) with { Epsilon = 0.08 };
        var context = TinyRuns.Context(TinyRuns.Plain with { Evaluation = new EvaluationSpec { TestAttack = attack } });
        var state = RunState.Initial(context.Plan).Model;
        var executor = new WorkExecutor(context);
        var sums = EvaluationPlan.Chunks(context, WorkKind.Conclude).Where(part => part.Chunk.Split == Split.Test)
            .Select(part => executor.Execute(
                new WorkItem.Evaluate(new WorkId(1, WorkKind.Conclude, 0, 0), 0, part.Chunk, part.Threat), state.Current))
            .Cast<WorkResult.Evaluated>().Aggregate(default(EvaluationSums), (sum, result) => sum + result.Sums);

        var evaluation = new RobustEvaluation(context, state, 2, TimeProvider.System);
        var clean = evaluation.Clean(40);
        Assert.Equal((40, clean.Count(right => right), 40), (sums.Rows, sums.Correct, sums.AttackedRows));
        Assert.Equal(evaluation.Attack(attack, clean).RobustAccuracy, sums.RobustAccuracy);
    }

    [Fact]
    public void Refusal_RandomInference_NamesTheKeys()
    {
        Assert.Null(InferenceNoise.Refusal(TinyRuns.Fused));
        var refusal = InferenceNoise.Refusal(TinyRuns.Fused, [_ => null, spec => spec.Name == "fused" ? "network.layers[0].noise" : null]);

        Assert.Contains("(network.layers[0].noise)", refusal, StringComparison.Ordinal);
    }

    private static BallAttack Made(string method) => Attack.Catalogue.Get(method) switch
    {
        PgdAttack pgd => pgd with { Steps = 20 },
        ApgdAttack apgd => apgd with { Steps = 20 },
        FabTargetedAttack fab => fab with { Steps = 20 },
        SquareAttack square => square with { Queries = 50 },
        var other => (BallAttack)other,
    };
}

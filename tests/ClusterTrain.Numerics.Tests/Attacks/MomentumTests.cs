using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class MomentumTests
{
    private static readonly TrainedNetwork Trained = new(3, 20);

    [Theory]
    [InlineData(AttackNorm.Linf, 0.9f)]
    [InlineData(AttackNorm.L2, 0.9f)]
    [InlineData(AttackNorm.L2, 0.3f)]
    public void Run_Momentum_StepsAlongTheAccumulatedGradient(AttackNorm norm, float decay)
    {
        const int features = TrainedNetwork.Inputs, steps = 6;
        const float epsilon = 0.5f, step = 0.02f;
        var plan = Attacked.Pgd(norm, epsilon, step, steps) with { Momentum = decay };
        var iterates = new List<float[]>();
        var last = Attacked.Run(Trained.Surface, plan, Trained.Rows, Trained.Labels, default, (_, rows) => iterates.Add(rows));
        Bits.AssertEqual(iterates[^1], last, "the last iterate");

        // Dong et al. 2018, algorithm 1, beside: from each iterate to the next.
        var velocity = new double[Trained.Rows.Length];
        var at = Trained.Rows;
        for (var i = 0; i < steps; i++)
        {
            var gradient = new float[at.Length];
            Trained.Surface.InputGradient(at, Trained.Labels, gradient);
            var expected = new double[at.Length];
            for (var first = 0; first < at.Length; first += features)
            {
                var sum = gradient.AsSpan(first, features).ToArray().Sum(slope => Math.Abs((double)slope));
                for (var k = first; k < first + features; k++) velocity[k] = (decay * velocity[k]) + (gradient[k] / sum);
                var length = Math.Sqrt(velocity.AsSpan(first, features).ToArray().Sum(v => v * v));
                for (var k = first; k < first + features; k++)
                {
                    var move = norm == AttackNorm.Linf ? Math.Sign(velocity[k]) : velocity[k] / length;
                    expected[k] = Math.Clamp(at[k] + (step * move), 0, 1);
                }
            }

            Close.AssertEqual(expected, iterates[i], 1e-5, $"step {i}");
            at = iterates[i];
        }
    }

    [Fact]
    public void Run_MomentumZero_IsPlainPgd_AndMomentumIsNot()
    {
        var plan = Attacked.Pgd(AttackNorm.L2, 0.3f, 0.1f, 5);

        Bits.AssertEqual(Trained.Attack(plan), Trained.Attack(plan with { Momentum = 0 }), "momentum 0");
        Assert.NotEqual(Trained.Attack(plan), Trained.Attack(plan with { Momentum = 0.9f }));
    }
}

using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Evaluation;

/// <summary>A trained network on the tiny data, as it is and with its gradients hidden.</summary>
internal sealed class TinyNetwork
{
    public const double Epsilon = 0.05;

    private static readonly RunContext Context = TinyRuns.Context(TinyRuns.Plain with { Epochs = 40 });

    private static readonly Lazy<ModelState> Trained = new(() => Train(Context));

    /// <summary>The network itself.</summary>
    public static RobustEvaluation Honest(int workers = 1) => new(Context, Trained.Value, workers, TimeProvider.System);

    /// <summary>
    /// The same decisions with all class scores times a factor: from about 100 on, the softmax is exactly 1 at the right
    /// class in float, and the gradient of cross-entropy exactly 0.
    /// </summary>
    public static RobustEvaluation Masked(float factor)
    {
        var state = Trained.Value.Copy();
        foreach (var tensor in state.Network.Tensors.TakeLast(2))
            foreach (ref var weight in state.Parameters.Span.Slice(tensor.Offset, tensor.Length))
                weight *= factor;
        return new RobustEvaluation(Context, state, 1, TimeProvider.System);
    }

    public static IReadOnlyList<Numerics.Attacks.BallAttack> Sequence(double epsilon = Epsilon) =>
        [.. StandardSequence.Worst.Of(Numerics.Attacks.AttackNorm.Linf, epsilon, TinyRuns.Data.Classes)
            .Select(attack => attack is Numerics.Attacks.SquareAttack square ? square with { Queries = 1000 } : attack)];

    private static ModelState Train(RunContext context) => new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Benchmarks;

/// <summary>Operations that one example of a training step needs, in products alone.</summary>
public static class StepFlops
{
    /// <summary>
    /// Expected over masks. A product with W costs 2 operations a kept weight and position: forward, weights' gradient, and the
    /// gradient of every stage's inputs but the first's; each attack step is forward and back to the inputs.
    /// </summary>
    public static double PerExample(RunPlan plan)
    {
        var thinned = !plan.HasExampleMasks;
        var (all, first) = Weights(plan.Network, thinned);
        var train = 2 * ((3 * all) - first);
        if (plan.TrainAttack is not { } attack) return train;
        var (attacked, _) = Weights(plan.Network, thinned && !plan.AttacksFullNetwork);
        var share = (double)plan.AttackedRowsOfShard / plan.ShardRows;
        return train + (share * attack.Attack.GradientSteps * 2 * 2 * attacked);
    }

    /// <summary>One prediction: 2 operations a weight and position; of a thinned network, the expectation over masks.</summary>
    public static double Prediction(Network network, bool thinned) => 2 * Weights(network, thinned).All;

    private static (double All, double First) Weights(Network network, bool thinned)
    {
        double Kept(Stage stage) => (double)stage.Weight.Length * stage.Positions
            * (thinned ? (1 - stage.Input.Rate) * (1 - stage.Output.Rate) : 1);
        return (network.Stages.Sum(Kept), Kept(network.Stages[0]));
    }
}

using System.Globalization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Progress;

/// <summary>A line for every evaluation: what a log file or a script sees.</summary>
internal static class PlainProgress
{
    public static string Line(ServerEffect.Evaluated evaluated, ProgressSnapshot at)
    {
        var robust = evaluated.Sums.RobustAccuracy is { } share ? $"  robust {Figures.Percent(share)}" : "";
        var oneStep = evaluated.OneStep?.RobustAccuracy is { } one ? $"  one step {Figures.Percent(one)}" : "";
        var collapse = evaluated.Collapse is { } choice ? $"  ONE-STEP TRAINING COLLAPSED: {Consequence(choice)}" : "";
        var best = evaluated.IsBest ? "  best" : "";
        var what = evaluated.Split == Split.Validation
            ? string.Create(CultureInfo.InvariantCulture, $"epoch {at.Epoch,5:0.##}/{at.Epochs}  step {at.Step,6}  train loss {Figures.Loss(at.Loss)}  validation")
            : evaluated.Split == Split.Train ? "result on training rows:" : "result on test rows:";
        return $"{what} loss {Figures.Loss(evaluated.Sums.MeanLoss)}  accuracy {Figures.Percent(evaluated.Sums.Accuracy)}{robust}{oneStep}"
            + (evaluated.Split == Split.Validation ? $"  {Figures.Rate(at.ExamplesPerSecond)} examples/s" : "") + best + collapse;
    }

    private static string Consequence(CollapseChoice choice) => choice switch
    {
        CollapseChoice.Stop => "the run ends",
        CollapseChoice.LowerStep => "the attack's step is half as long from now on",
        _ => "what it learns from now on is not robust; adversarial.collapse: stop or lowerStep acts on it",
    };
}

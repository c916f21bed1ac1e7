using System.Globalization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Progress;

/// <summary>A line for every evaluation: what a log file or a script sees.</summary>
internal static class PlainProgress
{
    public static string Line(ServerEffect.Evaluated evaluated, ProgressSnapshot at)
    {
        var robust = evaluated.Sums.RobustAccuracy is { } share ? $"  robust {Figures.Percent(share)}" : "";
        var best = evaluated.IsBest ? "  best" : "";
        var what = evaluated.Split == Split.Validation
            ? string.Create(CultureInfo.InvariantCulture, $"epoch {at.Epoch,5:0.##}/{at.Epochs}  step {at.Step,6}  train loss {Figures.Loss(at.Loss)}  validation")
            : evaluated.Split == Split.Train ? "result on training rows:" : "result on test rows:";
        return $"{what} loss {Figures.Loss(evaluated.Sums.MeanLoss)}  accuracy {Figures.Percent(evaluated.Sums.Accuracy)}{robust}"
            + (evaluated.Split == Split.Validation ? $"  {Figures.Rate(at.ExamplesPerSecond)} examples/s" : "") + best;
    }
}

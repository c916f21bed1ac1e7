using ClusterTrain.Runs.Results;
using Spectre.Console;

namespace ClusterTrain.Node.Progress;

/// <summary>The display on a terminal: one bar that is redrawn, evaluations scrolling above it.</summary>
internal static class LiveProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws until <paramref name="run"/> ends, and gives its result or throws what it threw.</summary>
    public static T Show<T>(IAnsiConsole console, ProgressTracker tracker, long firstStep, Queue<string> lines, Task<T> run)
    {
        console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(progress =>
            {
                var task = progress.AddTask("starting", maxValue: tracker.Snapshot.TotalSteps);
                while (!run.Wait(0) && !run.IsCompleted)
                {
                    Draw(console, task, tracker.Snapshot, firstStep, lines);
                    Thread.Sleep(Pause);
                }
            });
        Flush(console, lines);
        return run.GetAwaiter().GetResult();
    }

    private static void Draw(
        IAnsiConsole console, ProgressTask task, ProgressSnapshot at, long firstStep, Queue<string> lines)
    {
        Flush(console, lines);
        task.Value = at.Step;
        var left = at.TimeLeft(firstStep) is { } time ? $"{Figures.Duration(time)} left" : "";
        var accuracy = at.Validation is { } sums
            ? $"  validation {Figures.Percent(sums.Accuracy)}"
                + (sums.RobustAccuracy is { } robust ? $", robust {Figures.Percent(robust)}" : "") : "";
        var loss = double.IsNaN(at.Loss) ? "" : $"  loss {Figures.Loss(at.Loss)}";
        task.Description = Markup.Escape(
            $"{at.Doing}  step {at.Step}/{at.TotalSteps}  epoch {at.Epoch:0.0}/{at.Epochs}{loss}{accuracy}  "
            + $"{Figures.Rate(at.ExamplesPerSecond)} examples/s  {at.Workers} workers  {left}");
    }

    private static void Flush(IAnsiConsole console, Queue<string> lines)
    {
        lock (lines)
            while (lines.TryDequeue(out var line)) console.WriteLine(line);
    }
}

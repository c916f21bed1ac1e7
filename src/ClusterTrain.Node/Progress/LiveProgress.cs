using ClusterTrain.Runs.Results;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClusterTrain.Node.Progress;

/// <summary>The display on a terminal: one bar of one row that is redrawn, evaluations scrolling above it.</summary>
internal static class LiveProgress
{
    private const int LongestBar = 40;
    private const int ShortestBar = 10;

    // " 100% " between bar and words, and a column that stays free: a terminal wraps when the last one is written.
    private const int Beside = 7;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws until <paramref name="run"/> ends, and gives its result or throws what it threw.</summary>
    public static T Show<T>(IAnsiConsole console, Func<ProgressSnapshot> snapshot, long firstStep, Queue<string> lines, Task<T> run)
    {
        var bar = Math.Clamp(console.Profile.Width / 4, ShortestBar, LongestBar);
        console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = bar }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(progress =>
            {
                var task = progress.AddTask("starting", maxValue: snapshot().TotalSteps);
                while (!run.Wait(0) && !run.IsCompleted)
                {
                    Flush(console, lines);
                    var at = snapshot();
                    task.Value = at.Step;
                    task.Description = Markup.Escape(Describe(at, firstStep, console.Profile.Width - bar - Beside));
                    Thread.Sleep(Pause);
                }
            });
        Flush(console, lines);
        return run.GetAwaiter().GetResult();
    }

    /// <summary>What fits into so many columns, the most important first to stay.</summary>
    internal static string Describe(ProgressSnapshot at, long firstStep, int columns)
    {
        var accuracy = at.Validation is { } sums
            ? $"validation {Figures.Percent(sums.Accuracy)}"
                + (sums.RobustAccuracy is { } robust ? $", robust {Figures.Percent(robust)}" : "") : "";
        (string Text, int Rank)[] parts =
        [
            (at.Doing, 1),
            ($"step {at.Step}/{at.TotalSteps}", 0),
            ($"epoch {at.Epoch:0.0}/{at.Epochs}", 6),
            (double.IsNaN(at.Loss) ? "" : $"loss {Figures.Loss(at.Loss)}", 4),
            (accuracy, 3),
            ($"{Figures.Rate(at.ExamplesPerSecond)} examples/s", 5),
            ($"{at.Workers} workers", 7),
            (at.TimeLeft(firstStep) is { } time ? $"{Figures.Duration(time)} left" : "", 2),
        ];
        var kept = parts.Where(part => part.Text.Length > 0).ToList();
        while (kept.Count > 1 && Line().Length > columns) kept.Remove(kept.MaxBy(part => part.Rank));
        return Line();

        string Line() => string.Join("  ", kept.Select(part => part.Text));
    }

    private static void Flush(IAnsiConsole console, Queue<string> lines)
    {
        lock (lines)
            while (lines.TryDequeue(out var line)) console.Write(new ClearedLine(line));
    }

    /// <summary>A line that takes the place of the bar's row: what it does not cover of that, and of the rows after, is erased.</summary>
    private sealed class ClearedLine(string text) : Renderable
    {
        private const string EraseToTheEnd = "\e[K";
        private const string Indent = "    ";

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            foreach (var row in Rows(maxWidth - 1))
            {
                yield return new Segment(row);
                if (options.Ansi) yield return Segment.Control(EraseToTheEnd);
                yield return Segment.LineBreak;
            }
        }

        // Broken between words, of which columns are set apart by more than one space.
        private IEnumerable<string> Rows(int columns)
        {
            var row = "";
            foreach (var word in text.Split("  ", StringSplitOptions.None))
            {
                var longer = row.Length == 0 ? word : $"{row}  {word}";
                if (longer.Length > columns && row.Length > 0)
                {
                    yield return row;
                    longer = Indent + word;
                }

                for (; longer.Length > columns && columns > Indent.Length; longer = Indent + longer[columns..]) yield return longer[..columns];
                row = longer;
            }

            yield return row;
        }
    }
}

using ClusterTrain.Node.Progress;
using ClusterTrain.Training.Work;
using Spectre.Console;

namespace ClusterTrain.Node.Tests.Progress;

public sealed class LiveProgressTests
{
    private const string Epoch =
        "epoch     1/16  step     31  train loss 1.8902  validation loss 0.8930  accuracy 75.9%  robust 10.2%  11,974 examples/s  best";

    private const string Notice = "worker-2 has left; 2 workers go on";

    public static TheoryData<int> Columns => new(40, 60, 80, 100, 120, 200);

    [Theory]
    [MemberData(nameof(Columns))]
    public void Show_LinesAboveTheBar_LeaveNothingOfItBehind(int columns)
    {
        using var written = new StringWriter();
        var lines = new Queue<string>();
        var drawn = 0;
        using var ended = new ManualResetEventSlim();

        LiveProgress.Show(Terminal(written, columns), Snapshot, 0, lines, Task.Run(() => ended.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)));

        var shown = TerminalScreen.Of(written.ToString(), columns).Where(row => row.Length > 0).ToList();
        Assert.Equal([.. Words(Epoch), .. Words(Notice), .. Words(Epoch)], shown.SelectMany(Words));
        Assert.All(shown, row => Assert.InRange(row.Length, 1, columns - 1));

        ProgressSnapshot Snapshot()
        {
            lock (lines)
            {
                if (++drawn == 3) lines.Enqueue(Epoch);
                if (drawn == 4) lines.Enqueue(Notice);
                if (drawn == 5) lines.Enqueue(Epoch);
            }

            if (drawn == 7) ended.Set();
            return At(drawn * 40);
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void Describe_AnyWidth_FitsAndKeepsTheStep(int columns)
    {
        var words = LiveProgress.Describe(At(121), 0, columns);

        Assert.InRange(words.Length, 1, Math.Max(columns, "step 121/496".Length));
        Assert.Contains("step 121/496", words, StringComparison.Ordinal);
        Assert.Equal(columns >= 40, words.Contains("training", StringComparison.Ordinal));
        Assert.Equal(columns >= 200, words.Contains("2 workers", StringComparison.Ordinal));
    }

    private static ProgressSnapshot At(long step) => new()
    {
        Step = step, TotalSteps = 496, Epoch = step / 31.0, Epochs = 16, Loss = 1.4229, Workers = 2, ExamplesPerSecond = 18_157, Doing = "training",
        Elapsed = TimeSpan.FromSeconds(10), Validation = new EvaluationSums(500, 200, 453, 500, 176),
    };

    private static IEnumerable<string> Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IAnsiConsole Terminal(TextWriter written, int columns)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = columns;
        return console;
    }
}

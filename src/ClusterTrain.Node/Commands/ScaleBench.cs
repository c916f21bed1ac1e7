using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Training.Benchmarks;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Commands;

/// <summary>
/// What a second worker brings, and what an engine costs: whole runs of this program, in turns, with the figure that each run gives
/// itself (evaluations and its first step left out). 512 rows in 8 shards of the MLP 784-1024-1024-10 with dropout.
/// </summary>
internal static class ScaleBench
{
    private const int Rounds = 3;
    private const string Local = "local";

    private const string Spec = """
        name: scale
        data: { name: glyphs, train: 9216, validation: 500, test: 500 }
        network:
          layers:
            - { type: dropout, rate: 0.2 }
            - { type: dense, units: 1024 }
            - { type: relu }
            - { type: dropout, rate: 0.5 }
            - { type: dense, units: 1024 }
            - { type: relu }
            - { type: dropout, rate: 0.5 }
            - { type: dense, units: 10 }
        batch: { size: 512, shards: 8 }
        evaluation: { everyEpochs: 1000 }
        checkpoints: { everySteps: 0 }

        """;

    // Some seconds each on a core of today.
    private static readonly Work Clean = new("clean", "epochs: 18\n");

    private static readonly Work Pgd = new(
        "pgd7", "epochs: 6\nadversarial: { attack: { method: pgd, norm: linf, epsilon: 0.1, stepSize: 0.025, steps: 7 } }\n");

    private static readonly Setting[] Settings =
    [
        new(Clean, Local, 1), new(Clean, Local, 2), new(Pgd, Local, 1), new(Pgd, Local, 2), new(Pgd, "processes", 2), new(Pgd, "akka", 2),
    ];

    /// <summary>
    /// Examples a second of two workers. The limit of <c>local</c> is twice what one reaches, that of another engine what <c>local</c>
    /// reaches with two.
    /// </summary>
    /// <exception cref="WorkerFailedException">A run failed.</exception>
    public static IEnumerable<BenchFigure> Run(string math, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("clustertrain-scale-").FullName;
        try
        {
            var speeds = Settings.ToDictionary(setting => setting, _ => new List<double>());
            for (var round = 0; round < Rounds; round++)
                foreach (var setting in round % 2 == 0 ? Settings : Settings.Reverse())
                    speeds[setting].Add(Speed(setting, math, folder, stop));
            double Median(Work work, string engine, int workers) =>
                speeds[new(work, engine, workers)].Order().ElementAt(Rounds / 2);
            foreach (var setting in Settings.Where(setting => setting.Workers == 2))
            {
                yield return new BenchFigure(
                    $"scale {setting.Engine} {setting.Work.Name}", Median(setting.Work, setting.Engine, 2), "examples/s",
                    setting.Engine == Local ? 2 * Median(setting.Work, Local, 1) : Median(setting.Work, Local, 2));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The specs that it trains.</summary>
    internal static IEnumerable<string> Specs(string math) => Settings.Select(setting => setting.Work).Distinct().Select(work => Text(work, math));

    private static string Text(Work work, string math) => $"{Spec}math: {math}\n{work.Keys}";

    private static double Speed(Setting setting, string math, string folder, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var (spec, run) = (Path.Combine(folder, "scale.yaml"), Path.Combine(folder, "run"));
        File.WriteAllText(spec, Text(setting.Work, math));
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        var command = ThisProgram.With(
            "train", spec, "--out", run, "--engine", setting.Engine, "--workers", setting.Workers.ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(ProgramStart.Of(command))!;
        using var kill = stop.Register(() => process.Kill(entireProcessTree: true));
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var complained = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new WorkerFailedException($"a run on {setting.Engine} failed: {complained.Result.Trim()}");
        using var summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "summary.json")));
        return summary.RootElement.GetProperty("examplesPerSecond").GetDouble();
    }

    private sealed record Work(string Name, string Keys);

    private sealed record Setting(Work Work, string Engine, int Workers);
}

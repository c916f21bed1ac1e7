using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Tests.Reports;

/// <summary>Report data made by hand, to be varied by <c>with</c>.</summary>
internal static class SampleReport
{
    public const string StateHash = "aa11bb22cc33dd44ee55ff66007788990011223344556677889900aabbccddee";
    public const string TestAttack = "pgd linf eps=0.1 step=0.01 steps=50";
    public const string ValidationAttack = "pgd linf eps=0.1 step=0.025 steps=10";

    public static RunSpec Spec { get; } = new()
    {
        Name = "sample",
        Epochs = 5,
        Seed = 77,
        Network = new NetworkSpec
        {
            Layers = [new DenseLayer { Units = 8 }, new ReluLayer(), new DenseLayer { Units = 13 }],
        },
        Evaluation = new EvaluationSpec
        {
            TestAttack = new PgdAttack { Norm = AttackNorm.Linf, Epsilon = 0.1, StepSize = 0.01, Steps = 50 },
        },
        EarlyStopping = new EarlyStoppingSpec { Metric = StoppingMetric.RobustAccuracy, Patience = 2 },
    };

    public static ReportData Completed { get; } = new(
        Spec,
        Summary(RunStatus.Completed) with { Test = new TestScores(0.9123, 0.4567, TestAttack) },
        new DataFacts(1_280, 500, 2_000, [1, 4, 6], 13),
        [
            .. Enumerable.Range(1, 5).Select(epoch => new MetricsRecord(
                epoch * 200, epoch, "validation", 1.5 / epoch, 0.5 + (0.08 * epoch), 0.2 + (0.05 * epoch), ValidationAttack, epoch)),
            new MetricsRecord(800, 4, "train", 0.3, 0.95, null, null, 6),
            new MetricsRecord(800, 4, "test", 0.4, 0.9123, 0.4567, TestAttack, 7),
        ],
        LossPoint.Thin([.. Enumerable.Range(0, 1_000).Select(step => new LedgerEntry(step, new string('0', 32), 2.5 / (1 + (step % 7) + (step / 100.0))))]),
        [new ClassTally(0, 40, 38, 4, 2), new ClassTally(4, 30, 30, null, 0), new ClassTally(12, 20, 5, 4, 9)],
        Gallery(new ImageShape(1, 4, 6)),
        new ReportCommands("clustertrain train sample/spec.yaml", "clustertrain verify sample", null));

    public static ReportData Interrupted { get; } = Completed with
    {
        Summary = Summary(RunStatus.Interrupted) with { Train = null, BestStateHash = new string('b', 64) },
        Commands = Completed.Commands with { Resume = "clustertrain train sample/spec.yaml --out sample --resume" },
    };

    public static SampleGallery Gallery(ImageShape shape)
    {
        float[] clean = [.. Enumerable.Range(0, shape.Channels * shape.Pixels).Select(i => i % 5 / 4f)];
        float[] changed = [.. clean.Select((value, i) => Math.Clamp(value + (i % 2 == 0 ? 0.1f : -0.1f), 0, 1))];
        return new SampleGallery(shape, TestAttack, AttackOrigin.Test, 800,
        [
            new AdversarialSample(3, 12, clean, changed, new Prediction(12, 0.875), new Prediction(4, 0.625)),
            new AdversarialSample(5, 0, clean, clean, new Prediction(0, 1), new Prediction(0, 0.75)),
        ]);
    }

    private static RunSummary Summary(RunStatus status) => new()
    {
        Run = "sample", Status = status, Steps = 1_000, Epochs = 5, StateHash = StateHash, BestStateHash = StateHash, BestStep = 800,
        Fingerprint = new RunFingerprint("managed", "m1", new string('d', 64), new string('5', 64)),
        Train = new TrainScores(0.95, 0.3), Validation = new ValidationScores(0.82, 0.4), Test = null, Workers = 3, Engine = "local",
        Seconds = 75.25, ExamplesPerSecond = 4_321.5, Parameters = 269_322, BytesSent = 0, BytesReceived = 0, LedgerHead = new string('e', 64),
    };
}

using System.Xml.Linq;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Reports;

public sealed class ReportBuilderTests : IDisposable
{
    private const int Classes = 13;
    private static readonly PgdAttack Attack = new() { Epsilon = 0.03, StepSize = 0.01, Steps = 3 };
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Build_OfARealRun_HoldsWhatItsFilesHold()
    {
        var run = Run(Spec(Attack) with { Epochs = 12 }, [1, 3, 13]);
        var (result, summary) = Train(run);
        var data = ReportBuilder.Build(run.Folder, run.Context, result, summary);
        Assert.Equal((12, 48), (data.Evaluations.Count(record => record.Split == "validation"), data.Losses.Count));
        Assert.Equal(AttackOrigin.Test, data.Gallery!.Origin);
        Assert.Equal("kind 3", data.Data.Called(3));
        Assert.Equal(64, data.Tallies.Sum(tally => tally.Rows));
        Assert.Equal(summary.Test!.Accuracy, data.Tallies.Sum(tally => tally.Right) / 64.0, 12);
        Assert.Equal(GalleryBuilder.MostSamples, data.Gallery.Samples.Count);
        Assert.Equal("clustertrain train 'a run/spec.yaml' --data DATA --out 'a run-again'", data.Commands.Reproduce);
        Assert.Equal("clustertrain verify 'a run'", data.Commands.Verify);
        Assert.Null(data.Commands.Resume);

        ReportBuilder.Write(run.Folder, run.Context, result, summary);
        var page = File.ReadAllText(run.Folder.ReportPath);
        Assert.Equal(RunReport.Html(ReportBuilder.Build(run.Folder, run.Context, result, summary)), page);
        Assert.Contains(summary.StateHash, XDocument.Parse(page).Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_AreTheVeryOnesThatTheTestCounted()
    {
        // Right labels only in the last 12 rows, which two chunks of the evaluation share: then all rows that are right
        // are shown, and the gallery must agree with the score to the row.
        const int rows = EvaluationChunk.MaxRows + 6;
        var run = Run(Spec(Attack) with { Epochs = 12 }, [1, 3, 13], rows, mislabelled: rows - GalleryBuilder.MostSamples);
        var (result, summary) = Train(run);
        var samples = GalleryBuilder.Build(run.Context, result)!.Samples;
        Assert.Equal(summary.Test!.Accuracy, samples.Count / (double)rows);
        Assert.Equal(summary.Test.RobustAccuracy, samples.Count(sample => !sample.IsFooled) / (double)rows);
        Assert.Contains(samples, sample => sample.Row < EvaluationChunk.MaxRows);
        Assert.Contains(samples, sample => sample.Row >= EvaluationChunk.MaxRows);
        Assert.Contains(samples, sample => sample.IsFooled);
        Assert.Contains(samples, sample => !sample.IsFooled);
        Assert.All(samples, sample => Assert.Equal(sample.Label, sample.CleanPrediction.Class));
        Assert.All(samples, sample => Assert.InRange(sample.CleanPrediction.Confidence, 1.0 / Classes, 1.0001));
        Assert.All(samples, sample => Assert.All(
            sample.Clean.ToArray().Zip(sample.Adversarial.ToArray()), pair => Assert.InRange(pair.Second - pair.First, -0.03001, 0.03001)));
    }

    [Fact]
    public void Samples_WithoutATestAttack_TakeTheTrainingAttackOrTheReportsOwn()
    {
        var trained = Run(Spec(new NoAttack()) with { Adversarial = new AdversarialSpec { Attack = Attack } }, [3, 1, 13]);
        Assert.Equal((AttackOrigin.Training, AttackText.Print(Attack)), Origin(trained));
        Assert.Equal((AttackOrigin.Report, "pgd linf eps=0.1 step=0.025 steps=10"), Origin(Run(Spec(new NoAttack()), [3, 1, 13])));
    }

    [Fact]
    public void Samples_OfRowsThatAreNoPictures_AreNone()
    {
        var run = Run(Spec(Attack), [39]);
        Assert.Null(GalleryBuilder.Build(run.Context, Initial(run)));
    }

    [Fact]
    public void Build_BeforeTheFirstStep_GivesAReport()
    {
        var run = Run(Spec(Attack), [1, 13, 3]);
        var start = run.Create();
        start.Ledger.Dispose();
        var model = start.State.Model;
        var hash = StateTensors.Hash(model);
        var summary = SampleReport.Completed.Summary with
        {
            Status = RunStatus.Interrupted, Steps = 0, Epochs = 0, StateHash = hash, BestStateHash = hash, BestStep = 0,
            Fingerprint = new RunFingerprint("managed", "1", run.Context.Data.Hash, run.SpecHashText), Train = null, Validation = null, Test = null,
        };
        var data = ReportBuilder.Build(run.Folder, run.Context, model, summary);
        Assert.Empty(data.Losses);
        Assert.EndsWith("--out 'a run' --resume", data.Commands.Resume, StringComparison.Ordinal);
        Assert.Contains("No step was committed.", RunReport.Html(data), StringComparison.Ordinal);
    }

    private static (AttackOrigin, string) Origin(StoredRun run)
    {
        var gallery = GalleryBuilder.Build(run.Context, Initial(run))!;
        return (gallery.Origin, gallery.Attack);
    }

    private static ModelState Initial(StoredRun run) => RunState.Initial(run.Context.Plan).Model;

    private static RunSpec Spec(Attack testAttack) => new()
    {
        Name = "tiny",
        Epochs = 2,
        Data = new DataSpec { Name = "own" },
        Network = new NetworkSpec
        {
            Layers = [new DenseLayer { Units = 32 }, new ReluLayer(), new DenseLayer { Units = Classes }],
        },
        Batch = new BatchSpec { Size = 64, Shards = 4 },
        Evaluation = new EvaluationSpec { TestAttack = testAttack },
    };

    private StoredRun Run(RunSpec spec, int[] shape, int testRows = 64, int mislabelled = 0)
    {
        var data = new Dataset("own", shape, Classes, Rows(256), Rows(32), Rows(testRows, mislabelled), new string('d', 64))
        {
            ClassNames = [.. Enumerable.Range(0, Classes).Select(label => $"kind {label}")],
        };
        return new StoredRun(new RunFolder(_temporary["a run"]), new RunContext(spec, data, () => new ManagedProducts()));
    }

    /// <summary>Rows whose class is where three of the 39 inputs are bright.</summary>
    private static Examples Rows(int count, int mislabelled = 0)
    {
        const int features = 3 * Classes;
        var inputs = new AlignedBuffer(count * features);
        var labels = new byte[count];
        for (var row = 0; row < count; row++)
        {
            labels[row] = (byte)(row * 5 % Classes);
            for (var i = 0; i < features; i++)
                inputs.Span[(row * features) + i] = (i % Classes == labels[row] ? 0.7f : 0.2f) + ((row + (3 * i)) % 7 * 0.02f);
        }

        for (var row = 0; row < mislabelled; row++) labels[row] = (byte)((labels[row] + 1) % Classes);
        return new Examples(inputs, labels, features);
    }

    private static (ModelState Result, RunSummary Summary) Train(StoredRun run)
    {
        var start = run.Create();
        using var recorder = new RunRecorder(run, start);
        var outcome = new LocalEngine(new EngineOptions { Workers = 2 }, TimeProvider.System)
            .Run(EngineRun.Of(run.Context, start.State), recorder, CancellationToken.None);
        recorder.Flush();
        return (outcome.Result, SummaryBuilder.Build(run, start, recorder, outcome, "local"));
    }
}

using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

public sealed class StudyRunTests : IDisposable
{
    private static readonly StudySpec Stopped = TinyStudies.Of([ArmChoice.A, ArmChoice.C, ArmChoice.D, ArmChoice.F]);

    private static readonly Lazy<(byte[] Json, string Csv)> WholeOfStopped = new(() =>
    {
        using var folder = new TemporaryFolder();
        return TinyStudies.Run(Stopped, folder["whole"])!.Value;
    });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_AnyNumberAtOnce_GivesTheSameBytes()
    {
        var one = TinyStudies.Run(TinyStudies.All, _folder["one"]);
        var three = TinyStudies.Run(TinyStudies.All, _folder["three"], atOnce: 3);

        Assert.Equal(one!.Value.Json, three!.Value.Json);
        Assert.Equal(one.Value.Csv, three.Value.Csv);
    }

    [Fact]
    public void Run_OtherSeed_GivesOtherNumbers()
    {
        var study = TinyStudies.Of([ArmChoice.A, ArmChoice.D]);

        var (one, other) = (TinyStudies.Run(study, _folder["one"]), TinyStudies.Run(study with { Seed = 2 }, _folder["two"]));

        Assert.NotEqual(one!.Value.Csv, other!.Value.Csv);
    }

    // Between trainings, and amid one: each clock reading is a look amid a step.
    [Theory]
    [InlineData(3)]
    [InlineData(333)]
    [InlineData(1000)]
    public void Resume_StoppedAtSomeReading_GivesTheSameBytes(int reading)
    {
        using var stop = new CancellationTokenSource();
        var trainer = TinyStudies.Trainer(new StoppingClock(reading, stop.Cancel));

        Assert.Null(TinyStudies.Run(Stopped, _folder["parts"], trainer: trainer, stop: stop.Token));
        Assert.False(File.Exists(_folder[Path.Combine("parts", StudyFolder.ResultName)]));
        var resumed = TinyStudies.Run(Stopped, _folder["parts"], atOnce: 2);

        Assert.Equal(WholeOfStopped.Value.Json, resumed!.Value.Json);
        Assert.Equal(WholeOfStopped.Value.Csv, resumed.Value.Csv);
    }

    [Fact]
    public void Resume_AllDone_TrainsNothingAgain()
    {
        var study = TinyStudies.Of([ArmChoice.A]);
        TinyStudies.Run(study, _folder["study"]);
        var lines = new List<string>();

        Assert.NotNull(TinyStudies.Run(study, _folder["study"], trainer: new NoTrainer(), say: lines.Add));

        Assert.Empty(lines);
    }

    [Fact]
    public void Folder_OfAnotherStudy_IsRefused()
    {
        TinyStudies.Run(TinyStudies.Of([ArmChoice.A]), _folder["study"]);
        var folder = new StudyFolder(_folder["study"]);

        Assert.Throws<ClusterTrain.Training.Durable.FileFailureException>(() => folder.Create(TinyStudies.All));
        Assert.Throws<ClusterTrain.Training.Durable.FileFailureException>(() => folder.Require(TinyStudies.All));
        folder.Require(TinyStudies.Of([ArmChoice.A]));
    }

    [Fact]
    public void Members_EachOfThem_AreWholeRunsOfTheirOwn()
    {
        var study = TinyStudies.Of([ArmChoice.A, ArmChoice.B, ArmChoice.D]);
        TinyStudies.Run(study, _folder["study"]);
        var (plan, folder) = (new StudyPlan(study), new StudyFolder(_folder["study"]));

        Assert.Equal((2 * 6) + (2 * 6) + 2, plan.Members.Count);
        Assert.All(plan.Members, member => Assert.Empty(SummaryFile.Problems(new RunFolder(folder.Of(member)))));
        Assert.Equal(plan.Members.Count, plan.Members.Select(member => member.Spec.Seed).Distinct().Count());
        Assert.Equal(plan.Members.Count, plan.Members.Select(member => SummaryFile.Read(new RunFolder(folder.Of(member))).StateHash).Distinct().Count());
    }

    private sealed class NoTrainer : IRunTrainer
    {
        public SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop) =>
            throw new InvalidOperationException("Nothing is left to train.");
    }

    private sealed class StoppingClock(int reading, Action stop) : TimeProvider
    {
        private int _readings;

        public override long GetTimestamp()
        {
            if (Interlocked.Increment(ref _readings) == reading) stop();
            return base.GetTimestamp();
        }
    }
}

using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

public sealed class DivergedMemberTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Member_ThatDiverges_IsNamedAndLeftOut()
    {
        var study = TinyStudies.Of([ArmChoice.A, ArmChoice.C]);
        var trainer = new SomeDiverge(member => member is { Arm.Id: "c", Set: 1, Number: 2 });

        var result = Run(study, trainer);

        var arm = result.Arms[1];
        Assert.Equal(new LeftOutMember(2, 3, "diverged at step 4: the loss is NaN"), Assert.Single(arm.LeftOut));
        Assert.Equal([6, 5], arm.Groups.Select(members => members.Length));
        Assert.Equal(11, arm.G.Count);
        Assert.Contains(result.Verdict, sentence => sentence.StartsWith("c: 1 of its trainings diverged and are left out", StringComparison.Ordinal));
        Assert.Contains(trainer.Lines, line => line.Contains("c, set 2, member 3: diverged at step 4", StringComparison.Ordinal));
    }

    [Fact]
    public void Arm_ThatDivergesAltogether_HasNoEstimateAndSaysWhy()
    {
        var result = Run(TinyStudies.Of([ArmChoice.A, ArmChoice.C, ArmChoice.D]), new SomeDiverge(member => member.Arm.Id is "c" or "d"));

        Assert.NotNull(result.Baseline.Moments);
        Assert.All(result.Arms.Skip(1), arm =>
        {
            Assert.Null(arm.Moments);
            Assert.Empty(arm.Curve);
            Assert.Equal("a training set has 0 members left; an interval over models wants 3", arm.Problem);
            Assert.Contains(result.Verdict, sentence => sentence.StartsWith($"{arm.Id} ({arm.Title}): no estimate", StringComparison.Ordinal));
        });
    }

    // A learning rate at which the weights overflow.
    [Fact]
    public void Member_OfARecipeThatDiverges_IsSoAfterResumeAsWell()
    {
        var recipe = TinyStudies.Recipe with { Optimizer = new() { Type = new SgdRule(), LearningRate = 100 }, Regularization = new() { L2 = 1 }, Epochs = 100 };
        var study = TinyStudies.Of([ArmChoice.A]) with { Dropout = recipe, Plain = StudySpec.WithoutDropout(recipe) };
        var member = new StudyPlan(study).Members[0];
        var (trainer, folder) = (TinyStudies.Trainer(TimeProvider.System), new RunFolder(_folder["member"]));

        var end = Assert.IsType<SessionEnd.Diverged>(trainer.Train(member, folder, CancellationToken.None));

        Assert.Equal(end, RunSession.Ended(folder));
        Assert.Equal(end, trainer.Train(member, folder, CancellationToken.None));
    }

    private VarianceResult Run(StudySpec study, SomeDiverge trainer)
    {
        Assert.NotNull(TinyStudies.Run(study, _folder["study"], trainer: trainer, say: trainer.Lines.Add));
        return StudyFiles.Read(new StudyFolder(_folder["study"]));
    }

    /// <summary>Trains, but for those that it is told to let diverge, as their folders would say it.</summary>
    private sealed class SomeDiverge(Func<StudyMember, bool> diverges) : IRunTrainer
    {
        private readonly IRunTrainer _trainer = TinyStudies.Trainer(TimeProvider.System);

        public List<string> Lines { get; } = [];

        public SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop)
        {
            if (!diverges((StudyMember)run)) return _trainer.Train(run, folder, stop);
            Directory.CreateDirectory(folder.FullPath);
            File.WriteAllText(folder.DivergedPath, """{"step":4,"what":"the loss is NaN"}""");
            return RunSession.Ended(folder)!;
        }
    }
}

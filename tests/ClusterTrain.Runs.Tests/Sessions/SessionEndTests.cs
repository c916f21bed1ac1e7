using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Tests.Reports;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Sessions;

public sealed class SessionEndTests
{
    private static readonly RunSummary Summary = SampleReport.Completed.Summary;

    public static TheoryData<SessionEnd, string, string?, string> Ends => new()
    {
        { new SessionEnd.Completed(Summary), "completed", null, "The run is complete after 1000 steps; its result is in out." },
        {
            new SessionEnd.Completed(Summary with { Status = RunStatus.StoppedEarly }), "stopped early", null,
            "The run stopped early after 1000 steps; its result is in out."
        },
        {
            new SessionEnd.Interrupted(Summary) { TotalSteps = 2_000 }, "interrupted", null,
            "Interrupted at step 1000 of 2000; the state is saved."
        },
        { new SessionEnd.Interrupted(null), "interrupted", null, "Interrupted before there was anything to save." },
        {
            new SessionEnd.Diverged(7, "the loss is NaN", 6), "diverged", "diverged at step 7: the loss is NaN",
            "step 7: the run diverged: the loss is NaN. The last good checkpoint is step 6 in out. "
            + "A lower optimizer.learningRate or a longer schedule.warmupEpochs usually helps."
        },
        {
            new SessionEnd.Diverged(0, "the loss is NaN"), "diverged", "diverged at step 0: the loss is NaN",
            "step 0: the run diverged: the loss is NaN. There is no checkpoint yet. "
            + "A lower optimizer.learningRate or a longer schedule.warmupEpochs usually helps."
        },
        {
            new SessionEnd.Disagreed(new WorkerId("gpu-3"), new WorkId(1, WorkKind.Gradient, 5, 2)), "disagreed",
            "gpu-3 and another worker computed different bits for the gradient of step 5, shard 2",
            "gpu-3 and another worker computed different bits for the gradient of step 5, shard 2: one of them has faulty hardware. "
            + "What is in out is good up to the last checkpoint: find the machine, and go on without it."
        },
    };

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public void Words_OfEveryEnd_SayWhatHappenedWhatIsKeptAndWhatHelps(SessionEnd end, string state, string? trouble, string words)
    {
        Assert.Equal((state, trouble), (end.State, end.Trouble));
        Assert.Equal(words, end.Words("out"));
        Assert.DoesNotContain('{', words); // No record speaks for itself.
    }
}

using ClusterTrain.Cluster.Processes;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Tests.Processes;

/// <summary>Workers that die as soon as they are there.</summary>
public sealed class WorkerFleetTests : IDisposable
{
    // More than a fleet of one takes of those that bring nothing.
    private const int Deaths = 12;
    private readonly TemporaryFolder _folder = new();

    public WorkerFleetTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no sh");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ended_WorkerDiesAgainAndAgainWithoutAStep_TheRunCannotGoOn()
    {
        var started = 0;
        using var fleet = Fleet(() => Interlocked.Increment(ref started), steps: () => 7);

        SpinUntil(() => fleet.Failure is not null);

        Assert.Contains("workers end as soon as they start (the last with exit code 3)", fleet.Failure!.Message, StringComparison.Ordinal);
        Assert.InRange(started, 2, Deaths - 1);
    }

    [Fact]
    public void Ended_StepsAreMadeMeanwhile_ItIsStartedAgain()
    {
        var started = 0;
        using var fleet = Fleet(() => Interlocked.Increment(ref started), steps: () => Volatile.Read(ref started));

        SpinUntil(() => fleet.Failure is not null || Volatile.Read(ref started) > Deaths);

        Assert.Null(fleet.Failure);
    }

    private WorkerFleet Fleet(Action start, Func<long> steps) => new(
        new FleetOptions
        {
            Workers = 1, Server = "http://127.0.0.1:1/", ProcessesPath = _folder["processes.json"], Steps = steps,
            Command = _ =>
            {
                start();
                return new ProgramCommand("sh", ["-c", "exit 3"]);
            },
        },
        _ => { }, TimeProvider.System);

    private static void SpinUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(1)), "nothing happens");
}

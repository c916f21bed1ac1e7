using System.Globalization;
using ClusterTrain.Actors.Register;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Register;

public sealed class ServerRegisterTests
{
    private const int Many = 300;

    [Fact]
    public async Task Put_OnAnyServer_IsOnAllOfThemAndTheGreatestClockCounts()
    {
        var (first, second, third) = (new ServerRegister(), new ServerRegister(), new ServerRegister());
        var text = new string('x', 400);
        for (var i = 0; i < Many; i++) await first.Put(Name(i), new Agreed(1, text));
        await using var one = TestNodes.Start(TestNodes.Server, new RecordingDuty(), register: first);
        await using var two = TestNodes.Start(TestNodes.Server with { Seeds = [one.Address] }, new RecordingDuty(), register: second);
        TestNodes.WaitUntil(() => second.Entries.Count == Many, "all that was known before the cluster");
        Assert.Equal(text, second.Entries[Name(Many - 1)].Text);

        await second.Put("run", new Agreed(5, "completed"));
        await first.Put("run", new Agreed(4, "running"));
        TestNodes.WaitUntil(() => first.Entries.GetValueOrDefault("run").Clock == 5, "the other's entry");
        await first.Put("run", new Agreed(6, "queued"));

        await using var three = TestNodes.Start(TestNodes.Server with { Seeds = [one.Address] }, new RecordingDuty(), register: third);
        TestNodes.WaitUntil(() => third.Entries.Count == Many + 1, "all entries at a server that comes late");
        TestNodes.WaitUntil(() => new[] { first, second, third }.All(register => register.Entries["run"] == new Agreed(6, "queued")), "agreement");
    }

    [Fact]
    public async Task Put_WithoutACluster_IsKnownHereAndTheOlderOneIsNotTaken()
    {
        var register = new ServerRegister();

        await register.Put("run", new Agreed(2, "b"));
        await register.Put("run", new Agreed(1, "a"));

        Assert.Equal(new Agreed(2, "b"), register.Entries["run"]);
    }

    private static string Name(int number) => "run-" + number.ToString(CultureInfo.InvariantCulture);
}

using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Two servers with folders and disks of their own, of which one is full, then the other.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly Shell _shell = new();
    private readonly NodeGroup _nodes;

    public FullDiskTests()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);
        _nodes = new NodeGroup(_shell) { Runs = node => $"runs-{node}", Seeds = 2, IsQuick = true };
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Submit_DiskOfOneServerFull_IsSaidAndGoesOnWhenThereIsRoom()
    {
        using var activeDisk = new SmallDisk(_shell["runs-0"]);
        using var standByDisk = new SmallDisk(_shell["runs-1"]);
        var started = _nodes.Start("server,trainer,adversary", "server");
        var (active, standBy) = (started[0], started[1]);
        _nodes.WaitUntilOne(started);

        standByDisk.Fill(leaving: 0);
        var submitted = _nodes.CommandTo(standBy, "submit", "tiny.yaml").Gives(ExitCode.Done);
        Assert.Contains("warning: no other server could take a copy", submitted.Error, StringComparison.Ordinal);
        active.WaitUntilSaid("tiny: completed");
        AssertSame("runs-0/tiny");
        Assert.Equal(1, standBy.ErrorCountOf("runs are not copied at the moment"));
        standByDisk.Free();
        standBy.WaitUntilSaid("Nothing is in the way of copying");
        standBy.WaitUntil(() => State("runs-1/tiny") == "completed");
        AssertSame("runs-1/tiny");

        activeDisk.Fill(leaving: 100_000);
        foreach (var run in (string[])["tiny-2", "tiny-3"]) Assert.Contains(run, Command("submit", "tiny.yaml"), StringComparison.Ordinal);
        active.WaitUntil(() => active.Error.Contains("The line is held up: the disk is full: cannot write", StringComparison.Ordinal));
        Assert.Contains("held up: the disk is full: cannot write", Command("status"), StringComparison.Ordinal);
        Assert.Contains("held up: the disk is full: cannot write", Command("status", "tiny-3"), StringComparison.Ordinal);
        Assert.All(["tiny-2", "tiny-3"], run => Assert.Equal("queued", State($"runs-0/{run}")));
        Assert.Equal(0, active.CountOf("tiny-3: begins"));
        activeDisk.Free();

        active.WaitUntilSaid("There is room again");
        active.WaitUntilSaid("tiny-3: completed");
        Assert.DoesNotContain("held up:", Command("status"), StringComparison.Ordinal);
        AssertSame("runs-0/tiny-2");
        standBy.WaitUntil(() => State("runs-1/tiny-3") == "completed");
    }

    private string Command(params string[] args) => _nodes.Command(args).Gives(ExitCode.Done).Out;

    private string? State(string run) => _shell.RunAt(run) is var folder && File.Exists(folder["state.json"])
        ? folder.Json("state.json").GetProperty("state").GetString() : null;

    private void AssertSame(string run)
    {
        var whole = Baseline.Of();
        Assert.Equal(whole.StateHash, _shell.RunAt(run).StateHash);
        Assert.Equal(whole.Ledger, _shell.RunAt(run).Ledger);
    }
}

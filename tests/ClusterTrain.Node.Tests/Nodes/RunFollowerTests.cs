using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;

namespace ClusterTrain.Node.Tests.Nodes;

/// <summary>Two servers with folders of their own: what one knows and has, the other one comes to know and to have.</summary>
public sealed class RunFollowerTests : IDisposable
{
    private readonly Shell _shell = new();

    public RunFollowerTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Servers_OneAfterTheOther_KeepEveryRunWithItsStateAndItsFiles()
    {
        var first = Server("a", "server,trainer");
        first.WaitUntilSaid("This node is the active server");
        using var second = Server("b", "server", first.Address);
        first.WaitUntilSaid($"{second.Address} (server) is in the cluster");
        first.Command("submit", "tiny.yaml").Gives(ExitCode.Done);
        first.Command("submit", "tiny.yaml", "--set", "name=waiting", "--set", "epochs=100000").Gives(ExitCode.Done);
        Assert.True(File.Exists(_shell["runs-b/waiting/spec.yaml"]), "submit answers when another server has the spec");
        second.WaitUntil(() => State("b", "tiny") == "completed", "a copy of the result");
        Assert.Equal(Files("a", "tiny"), Files("b", "tiny"));
        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("runs-b/tiny").StateHash);
        first.Dispose();

        second.WaitUntilSaid("waiting: ");
        // It is listed as running from the moment on that its folder says so.
        second.WaitUntil(() => State("b", "waiting") == "running", "the state of what it goes on with");
        var status = second.Command("status").Gives(ExitCode.Done).Out;
        Assert.Matches("tiny +completed", status);
        Assert.Matches("waiting +running", status);
        second.Command("results", "tiny", "--out", "brought").Gives(ExitCode.Done);
        Assert.DoesNotContain("tiny: goes on", second.Said, StringComparison.Ordinal);
        second.Command("stop").Gives(ExitCode.Done);
        second.Command("submit", "tiny.yaml", "--set", "name=later").Gives(ExitCode.Done);
        second.Command("stop", "later").Gives(ExitCode.Done);

        using var back = Server("a", "server", second.Address);
        back.WaitUntil(() => State("a", "later") is "cancelled" or "interrupted" && State("a", "waiting") == "interrupted", "the states of the meantime");
        Assert.Equal("completed", State("a", "tiny"));
        Assert.True(File.Exists(_shell["runs-a/later/spec.yaml"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Server_OneThatIsFurtherWithTheRunAtHandComesBack_TakesWhatItHasInsteadOfComputingIt(bool hasResult)
    {
        string[] set = ["--set", "epochs=20"];
        using (var first = Server("a", "server,trainer"))
        {
            first.WaitUntilSaid("This node is the active server");
            first.Command(["submit", "tiny.yaml", .. set]).Gives(ExitCode.Done);
            first.WaitUntil(() => State("a", "tiny") == "completed", "the run's end");
        }

        // As a stand-by has it that got the spec and no more before all died.
        var queued = KeptRun.Read(_shell["runs-a/tiny"])! with { State = KeptState.Queued, Revision = 1 };
        Directory.CreateDirectory(_shell["runs-b/tiny"]);
        File.Copy(_shell["runs-a/tiny/spec.yaml"], _shell["runs-b/tiny/spec.yaml"]);
        queued.Write(_shell["runs-b/tiny"]);
        if (!hasResult)
        {
            File.Delete(_shell["runs-a/tiny/summary.json"]);
            queued.Write(_shell["runs-a/tiny"]);
        }

        using var second = Server("b", "server,trainer", null, ("CLUSTERTRAIN_NAME", "slow"), ("CLUSTERTRAIN_SLOW_WORKER", "slow=500"));
        second.WaitUntilSaid("tiny: begins");

        using var back = Server("a", "server", second.Address);
        second.WaitUntil(() => State("b", "tiny") == "completed", "the result that there is");

        Assert.Equal(Baseline.Of(set).StateHash, _shell.RunAt("runs-b/tiny").StateHash);
        Assert.Equal(Baseline.Of(set).Ledger, _shell.RunAt("runs-b/tiny").Ledger);
        // No step of it: the result may be here before the news that the run is over, and is then concluded once more.
        Assert.DoesNotMatch("tiny: goes on from step (?!200 of 200)", second.Said);
        if (!hasResult) Assert.Contains("tiny: goes on from step 200 of 200", second.Said, StringComparison.Ordinal);
    }

    // The folder of that name is not the cluster's, so that the run is not copied.
    [Fact]
    public void Server_RunWhoseFilesAreOnNoLivingServer_IsToldOfAndCarriedOnceTheyAreBack()
    {
        Directory.CreateDirectory(_shell["runs-b/tiny"]);
        _shell.Write("runs-b/tiny/spec.yaml", "mine");
        var first = Server("a", "server");
        first.WaitUntilSaid("This node is the active server");
        using var second = Server("b", "server", first.Address);
        first.WaitUntilSaid($"{second.Address} (server) is in the cluster");
        first.Command("submit", "tiny.yaml").Gives(ExitCode.Done);
        first.Dispose();

        second.WaitUntilSaid("This node is the active server");
        Assert.Matches("tiny +(queued|running).*its files are on a server that is not here", second.Command("status").Gives(ExitCode.Done).Out);
        Assert.Contains("why: its files are on a server that is not here", second.Command("status", "tiny").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_shell["runs-b/tiny/spec.yaml"]));
        Directory.Delete(_shell["runs-b/tiny"], recursive: true);

        using var back = Server("a", "server,trainer", second.Address);
        second.WaitUntil(() => State("b", "tiny") == "completed", "the run's end");
        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("runs-b/tiny").StateHash);
    }

    [Fact]
    public void Server_CopyOfARunWhoseDataItHasNot_SaysSoBeforeItsTurn()
    {
        IdxFiles.WriteFolder(_shell["elsewhere/dots"]);
        _shell.Write("dots.yaml", TinySpec.OnFolder("dots"));
        using var first = Server("a", "server", null, ("CLUSTERTRAIN_DATA", "elsewhere"));
        first.WaitUntilSaid("This node is the active server");
        using var second = Server("b", "server", first.Address);
        first.WaitUntilSaid($"{second.Address} (server) is in the cluster");

        first.Command("submit", "dots.yaml").Gives(ExitCode.Done);

        second.WaitUntilSaid("tiny: were this server to take it over, it would fail: data set 'dots' not found");
        Assert.DoesNotContain("would fail", first.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_OfOneFolder_CopyNothingAndAgree()
    {
        using var first = Server("a", "server,trainer");
        first.WaitUntilSaid("This node is the active server");
        using var second = Server("a", "server", first.Address);
        first.WaitUntilSaid($"{second.Address} (server) is in the cluster");
        first.Command("submit", "tiny.yaml").Gives(ExitCode.Done);

        first.WaitUntil(() => State("a", "tiny") == "completed", "the run's end");

        Assert.Matches("tiny +completed", second.Command("status").Gives(ExitCode.Done).Out);
        Assert.DoesNotContain("not copied", first.Said + second.Said, StringComparison.Ordinal);
        Assert.Equal(Baseline.Of().StateHash, _shell.RunAt("runs-a/tiny").StateHash);
    }

    private NodeInProcess Server(string name, string roles, string? seed = null, params (string Name, string Value)[] variables) => new(
        _shell, roles, [("CLUSTERTRAIN_RUNS", $"runs-{name}"), .. seed is null ? Array.Empty<(string, string)>() : [("CLUSTERTRAIN_SEEDS", seed)], .. variables]);

    private string? State(string server, string run)
    {
        var files = _shell.RunAt($"runs-{server}/{run}");
        return File.Exists(files["state.json"]) ? files.Json("state.json").GetProperty("state").GetString() : null;
    }

    // The claim is each server's own; messages go on.
    private List<(string, string)> Files(string server, string run) =>
    [
        .. Directory.EnumerateFiles(_shell[$"runs-{server}/{run}"], "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) is not ("claim" or "messages.log"))
            .Order(StringComparer.Ordinal).Select(path => (Path.GetRelativePath(_shell[$"runs-{server}"], path), Convert.ToHexString(File.ReadAllBytes(path)))),
    ];
}

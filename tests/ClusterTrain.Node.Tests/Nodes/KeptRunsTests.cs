using System.Diagnostics;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Tests.Nodes;

/// <summary>What becomes of the runs of a cluster, as its users see it: one node that is server and worker.</summary>
public sealed class KeptRunsTests : IDisposable
{
    private static readonly string[] Long = ["--set", "epochs=30", "--set", "evaluation.everyEpochs=15", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private NodeInProcess? _node;

    public KeptRunsTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    private NodeInProcess Node => _node ??= new NodeInProcess(_shell);

    public void Dispose()
    {
        _node?.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Submit_OneThatFailsAndOneThatDiverges_SayWhyAndTheNextOneHasItsTurn()
    {
        _shell.Write("dots.yaml", TinySpec.OnFolder("dots").Replace("name: tiny", "name: dots", StringComparison.Ordinal));
        new RunLine(_shell["runs"], TimeProvider.System).Add(SpecLoader.Load(File.ReadAllText(_shell["dots.yaml"]), "dots.yaml", []).Spec!);
        Node.WaitUntilSaid("This node is the active server");
        Node.Command(["submit", "tiny.yaml", "--set", "name=fast", "--set", "optimizer.type=sgd", "--set", "optimizer.learningRate=100", "--set", "regularization.l2=1", "--set", "epochs=100"])
            .Gives(ExitCode.Done);
        Node.Command("submit", "tiny.yaml").Gives(ExitCode.Done);
        Node.WaitUntilSaid("tiny: completed");

        Node.WaitUntil(() => Status("tiny") == "completed", "a state in the folder");
        var (failed, diverged) = (_shell.RunAt("runs/dots").Json("state.json"), _shell.RunAt("runs/fast").Json("state.json"));
        Assert.Equal("failed", failed.GetProperty("state").GetString());
        Assert.Contains("'dots'", failed.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Contains("submit --again dots", failed.GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.Equal("diverged", diverged.GetProperty("state").GetString());
        Assert.Contains("learningRate", diverged.GetProperty("advice").GetString(), StringComparison.Ordinal);
        var status = Node.Command("status").Gives(ExitCode.Done).Out;
        Assert.Matches(@"dots +failed .*'dots'", status);
        Assert.Matches(@"fast +diverged .*diverged at step", status);
        Assert.Matches(@"tiny +completed", status);
        Assert.Contains("stays so", Node.Command("submit", "--again", "tiny").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Equal(Baseline.Of().StateHash, _shell.FirstRun.StateHash);

        Assert.Contains("submit --again dots", Node.Command("status", "dots").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Contains(_shell.FirstRun.StateHash, Node.Command("status", "tiny").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Contains("tiny: completed", Node.Command("logs", "tiny", "--follow").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("tiny: completed", Node.Command("logs", "fast").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        BringsAll();
    }

    [Fact]
    public void Command_NoSuchRunOrFile_IsOneLineThatNamesWhatIsAllowed()
    {
        CancelledRun();
        string[][] wrong =
        [
            ["status", "tinny"], ["logs", "tinny"], ["results", "tinny"], ["stop", "tinny"], ["submit", "--again", "tinny"],
            ["status", "../runs/tiny"], ["results", "../tiny"], ["results", ".."], ["results", ""], ["stop", ".."],
            ["results", "tiny", "../tiny/spec.yaml"], ["results", "tiny", "checkpoints/../spec.yaml"], ["results", "tiny", "/etc/hostname"],
            ["results", "tiny", "claim"], ["results", "tiny", "link"], ["results", "tiny", "--out", "tiny.yaml"], ["results", "tiny", "spec.yaml", "--out", "taken"],
        ];
        Assert.All(wrong, args =>
        {
            var outcome = Node.Command(args).Gives(ExitCode.WrongInput);
            Assert.Empty(outcome.Out);
            Assert.Matches("tiny|status lists|state.json|--out", Assert.Single(outcome.ErrorLines));
        });
    }

    [Fact]
    public async Task Files_PathThatLeadsOut_BringsNothing()
    {
        CancelledRun();
        using var connections = new PlaneConnections(new Credentials(Secret: SecretFile.OfUser(name => name == UserFolder.Variable ? UserFolder.Path : null)));
        using var http = connections.Client();
        string[] wrong =
        [
            "tiny/files/../../../tiny.yaml", "tiny/files/%2e%2e/%2e%2e/tiny.yaml", "tiny/files/..%2f..%2ftiny.yaml", "%2e%2e/files/tiny.yaml",
            "..%2ftiny/files", "tiny/files//etc/hostname", "tiny/files/link",
        ];

        Assert.Contains("epochs", (await Get("tiny/files/spec.yaml")).Text, StringComparison.Ordinal);
        foreach (var path in wrong)
        {
            var (status, text) = await Get(path);
            Assert.InRange(status, 400, 404);
            Assert.DoesNotContain("epochs", text, StringComparison.Ordinal);
        }

        // As it is written: an address by itself leaves out what leads up.
        async Task<(int Status, string Text)> Get(string path)
        {
            var stop = TestContext.Current.CancellationToken;
            using var answer = await http.GetAsync(
                new Uri($"{Node.Plane}runs/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), stop);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(stop));
        }
    }

    [Theory]
    [InlineData("submit", "")]
    [InlineData("submit?again=../tiny", "")]
    [InlineData("submit?again=..%2Ftiny", "")]
    [InlineData("submit?again=", "")]
    [InlineData("submit?again=a%00b", "")]
    [InlineData("submit?again=tiny", "name: x")]
    public async Task Submit_EmptyOrNamingWhatIsNoRun_IsRefusedAndWritesNothing(string path, string body)
    {
        Node.WaitUntilSaid("This node is the active server");
        using var connections = new PlaneConnections(new Credentials(Secret: SecretFile.OfUser(name => name == UserFolder.Variable ? UserFolder.Path : null)));
        using var http = connections.Client();
        var before = Node.Command("status", "--json").Out;

        using var answer = await http.PostAsync(new Uri(Node.Plane + path), new StringContent(body), TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(before, Node.Command("status", "--json").Out);
    }

    [Fact]
    public void Submit_DataThatTheServerHasNot_IsRefusedBeforeItIsQueued()
    {
        Node.WaitUntilSaid("This node is the active server");

        var missing = Node.Command("submit", "tiny.yaml", "--set", "data.name=dots").Gives(ExitCode.WrongInput);
        var tooMany = Node.Command("submit", "tiny.yaml", "--set", "data.train=100000000").Gives(ExitCode.WrongInput);

        Assert.Contains("on the server: data set 'dots' not found", missing.Error, StringComparison.Ordinal);
        Assert.Contains("100000000 training", tooMany.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_shell["runs"]));
    }

    [Fact]
    public void Stop_ThenSubmitAgainAtOnce_GoesOnToTheSameBits()
    {
        Node.WaitUntilSaid("This node is the active server");
        Node.Command(["submit", "tiny.yaml", .. Long]).Gives(ExitCode.Done);
        Node.Command(["submit", "tiny.yaml"]).Gives(ExitCode.Done);
        Node.WaitUntil(() => File.Exists(_shell.FirstRun["checkpoints/checkpoints.json"]), "a checkpoint");

        Assert.Contains("tiny-2 is cancelled", Node.Command("stop", "tiny-2").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Contains("submit --again tiny", Node.Command("stop").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Node.Command("submit", "--again", "tiny").Gives(ExitCode.Done);

        Node.WaitUntilSaid("tiny: completed");
        Node.WaitUntil(() => Status("tiny") == "completed", "a state in the folder");
        Assert.Contains("tiny: interrupted", Node.Said, StringComparison.Ordinal);
        Assert.Equal(Baseline.Of(Long).StateHash, _shell.FirstRun.StateHash);
        Assert.Equal(Baseline.Of(Long).Ledger, _shell.FirstRun.Ledger);
        Assert.Equal("cancelled", Status("tiny-2"));
        Assert.Contains("works on no run", Node.Command("stop").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Contains("is completed; allowed are", Node.Command("stop", "tiny").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("there is no such run", Node.Command("stop", "../tiny").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Submit_WorkerWithoutTheData_SitsThatRunOutAndWorksForTheNextOne()
    {
        IdxFiles.WriteFolder(_shell["elsewhere/dots"]);
        _shell.Write("dots.yaml", TinySpec.OnFolder("dots").Replace("name: tiny", "name: dots", StringComparison.Ordinal));
        _node = new NodeInProcess(_shell, variables: [("CLUSTERTRAIN_DATA", "elsewhere"), ("CLUSTERTRAIN_NAME", "ann")]);
        using var bob = new NodeInProcess(_shell, "trainer", ("CLUSTERTRAIN_SEEDS", Node.Address), ("CLUSTERTRAIN_NAME", "bob"));
        Node.WaitUntilSaid($"{bob.Address} (trainer) is in the cluster");
        Node.Command("submit", "dots.yaml", "--set", "epochs=100000").Gives(ExitCode.Done);
        Node.Command(["submit", "tiny.yaml", .. Long]).Gives(ExitCode.Done);

        bob.WaitUntilSaid("bob sits dots out, and waits for the next run: data set 'dots' not found");
        Node.WaitUntilSaid("bob sits the run out: data set 'dots' not found");
        Assert.Contains("bob sits it out: data set 'dots' not found", Node.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        bob.Command("stop").Gives(ExitCode.Done);

        bob.WaitUntilSaid("bob works for tiny");
        Node.WaitUntilSaid("tiny: completed");
        Assert.Equal(Baseline.Of(Long).StateHash, _shell.FirstRun.StateHash);
    }

    [Fact]
    public void Submit_DiskFull_HoldsTheLineUpAndGoesOnWhenThereIsRoom()
    {
        using var disk = new SmallDisk(_shell["runs"]);
        Node.WaitUntilSaid("This node is the active server");
        disk.Fill(leaving: 100_000);
        Node.Command("submit", "tiny.yaml").Gives(ExitCode.Done);
        Node.Command("submit", "tiny.yaml").Gives(ExitCode.Done);
        Node.WaitUntilSaid("The line is held up: cannot write");
        Assert.Contains("held up: cannot write", Node.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.All(["tiny", "tiny-2"], run => Assert.Equal("queued", Status(run)));
        Assert.DoesNotContain("tiny-2: begins", Node.Said, StringComparison.Ordinal);

        disk.Free();

        Node.WaitUntilSaid("There is room again");
        Node.WaitUntilSaid("tiny-2: completed");
        Assert.DoesNotContain("held up:", Node.Command("status").Gives(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Equal(Baseline.Of().StateHash, _shell.FirstRun.StateHash);
        Assert.Equal(Baseline.Of().Ledger, _shell.FirstRun.Ledger);
        _node!.Dispose();
    }

    // The whole folder, equal to the server's but for what is of the moment; and one file.
    private void BringsAll()
    {
        Node.Command("results", "tiny", "--out", "brought").Gives(ExitCode.Done);
        var names = Directory.EnumerateFiles(_shell["brought"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_shell["brought"], path)).ToList();
        Assert.All(["summary.json", "ledger.jsonl", "report.html", "state.json", "messages.log"], name => Assert.Contains(name, names));
        Assert.DoesNotContain("claim", names);
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(_shell.FirstRun[name]), File.ReadAllBytes(_shell[$"brought/{name}"])));
        _shell.Run("verify", "brought", "--steps", "2").Gives(ExitCode.Done);
        Assert.Contains("is there already", Node.Command("results", "tiny", "--out", "brought").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Node.Command("results", "tiny", "checkpoints/checkpoints.json").Gives(ExitCode.Done);
        Assert.Equal(File.ReadAllBytes(_shell.FirstRun["checkpoints/checkpoints.json"]), File.ReadAllBytes(_shell["checkpoints.json"]));
    }

    // A run that the server has, and does not take up: it was cancelled. What a link leads to is not its file.
    private void CancelledRun()
    {
        var line = new RunLine(_shell["runs"], TimeProvider.System);
        line.Add(SpecLoader.Load(TinySpec.Text, "tiny.yaml", []).Spec!);
        line.Stop("tiny");
        _shell.Write("taken/spec.yaml", "");
        File.CreateSymbolicLink(_shell["runs/tiny/link"], _shell["tiny.yaml"]);
        Node.WaitUntilSaid("This node is the active server");
    }

    private string? Status(string run) => _shell.RunAt($"runs/{run}").Json("state.json").GetProperty("state").GetString();

    /// <summary>A disk of its own for a folder: memory, where mounting is permitted.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private const int Bytes = 4 << 20;
        private readonly string _folder;

        public SmallDisk(string folder)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "disks of memory are Linux's");
            _folder = Directory.CreateDirectory(folder).FullName;
            Assert.SkipUnless(Call("mount", "-t", "tmpfs", "-o", $"size={Bytes}", "clustertrain-test", folder), "mounting is not permitted here");
        }

        public void Fill(int leaving) => File.WriteAllBytes(Path.Combine(_folder, "filling"), new byte[Bytes - leaving]);

        public void Free() => File.Delete(Path.Combine(_folder, "filling"));

        public void Dispose() => Call("umount", "-l", _folder);

        private static bool Call(string program, params string[] words)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardError = true })!;
                process.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}

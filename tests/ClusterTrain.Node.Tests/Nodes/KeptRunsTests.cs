using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Tests.Nodes;

/// <summary>What users ask of a cluster's runs that is not to be had; what becomes of runs is tested over processes.</summary>
public sealed class KeptRunsTests : IDisposable
{
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
            Assert.Matches("tiny|status lists|state.json|--out|RUN: the value given is empty", Assert.Single(outcome.ErrorLines));
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
}

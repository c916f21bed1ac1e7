using System.Text;
using System.Text.RegularExpressions;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Nodes;

/// <summary>A node of this process: the program's own <c>node</c> command on a thread, with a current folder and an environment of its own.</summary>
internal sealed partial class NodeInProcess : IDisposable
{
    // Other tests run beside: a node that has to wait for the processor is not dead.
    private const string Patient = "akka.cluster { failure-detector.acceptable-heartbeat-pause = 60s, down-removal-margin = 200ms }";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int _files;
    private readonly CancellationTokenSource _stop = new();
    private readonly Shell _shell;
    private readonly Heard _heard = new();
    private readonly Task<int> _node;

    /// <param name="shell">Its folder is the node's current one.</param>
    /// <param name="roles">What the node is.</param>
    /// <param name="variables">Environment variables beside those that make it small.</param>
    public NodeInProcess(Shell shell, string roles = "server,trainer,adversary", params IEnumerable<(string Name, string Value)> variables)
        : this(shell, roles, "", variables)
    {
    }

    /// <param name="more">More of the node's file.</param>
    public NodeInProcess(Shell shell, string roles, string more, IEnumerable<(string Name, string Value)> variables)
    {
        _shell = shell;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CLUSTERTRAIN_ROLES"] = roles, ["CLUSTERTRAIN_REMOTING_PORT"] = "0", ["CLUSTERTRAIN_PLANE_PORT"] = "0", ["CLUSTERTRAIN_WORKERS"] = "1",
            [UserFolder.Variable] = UserFolder.Path,
        };
        var file = $"node-{Interlocked.Increment(ref _files)}.conf";
        shell.Write(file, Patient + "\n" + more);
        foreach (var (name, value) in variables) environment[name] = value;
        var surroundings = new Surroundings(
            _heard, _heard, shell.Folder, environment.GetValueOrDefault!, TimeProvider.System, IsTerminal: false, new StopRequest(_stop.Token));
        _node = Task.Factory.StartNew(
            () => CommandLine.Run(["node", "--config", file], surroundings), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitUntil(() => Up().IsMatch(Said), "a node that is up");
        var up = Up().Match(Said);
        (Address, Plane) = (up.Groups["address"].Value, up.Groups["plane"].Value);
    }

    /// <summary>host:port of its part in the cluster.</summary>
    public string Address { get; }

    /// <summary>Address of its port for users.</summary>
    public string Plane { get; }

    /// <summary>Everything that it said so far.</summary>
    public string Said => _heard.Text;

    /// <summary>A user's command to this node.</summary>
    public Outcome Command(params string[] args) => _shell.Run([.. args, "--server", Plane]);

    public void WaitUntilSaid(string text) => WaitUntil(() => Said.Contains(text, StringComparison.Ordinal), text);

    public void WaitUntil(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"waited in vain: {what}\n{Said}");
            Thread.Sleep(25);
        }
    }

    /// <summary>Tells it to leave; its exit code.</summary>
    public int Leave()
    {
        if (!_stop.IsCancellationRequested) _stop.Cancel();
        Assert.True(_node.Wait(Patience), $"the node does not end\n{Said}");
        return _node.Result;
    }

    public void Dispose()
    {
        Leave();
        _stop.Dispose();
        _heard.Dispose();
    }

    [GeneratedRegex(@"cluster port (?<address>\S+), plane (?<plane>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Up();

    private sealed class Heard : StringWriter
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public override void WriteLine(string? value)
        {
            lock (_text) _text.Append(value).Append('\n');
        }
    }
}

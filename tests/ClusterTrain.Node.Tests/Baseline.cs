using System.Collections.Concurrent;

namespace ClusterTrain.Node.Tests;

/// <summary>What the tiny spec comes to when nothing happens to it: each way of training it once, on <c>local</c>, for all tests.</summary>
internal static class Baseline
{
    private static readonly Lazy<Shell> Runs = new(() =>
    {
        var shell = new Shell();
        shell.Write("tiny.yaml", TinySpec.Text);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => shell.Dispose();
        return shell;
    });

    private static readonly ConcurrentDictionary<string, Lazy<RunFiles>> Known = new(StringComparer.Ordinal);
    private static int _runs;

    /// <summary>The files of the run with these arguments more; not to be changed.</summary>
    public static RunFiles Of(params string[] args) => Known.GetOrAdd(
        string.Join('\n', args), _ => new Lazy<RunFiles>(() => Runs.Value.Train($"run-{Interlocked.Increment(ref _runs)}", args))).Value;
}

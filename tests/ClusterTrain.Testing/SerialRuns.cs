using System.Collections.Concurrent;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Testing;

/// <summary>What the serial trainer makes of the tiny runs, worked out once for all tests.</summary>
public static class SerialRuns
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Known = new();
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<ServerEffect>>> Shown = new();

    /// <summary>Bits of model, best state and stopping at the end of a run.</summary>
    public static string BitsOf(string name) => Known.GetOrAdd(name, _ => new Lazy<string>(() =>
    {
        var context = TinyRuns.Context(name);
        return StateBits.Of(new SerialTrainer(context).Train(RunState.Initial(context.Plan)));
    })).Value;

    /// <summary>What a run shows its observer, on one thread of this process.</summary>
    public static IReadOnlyList<ServerEffect> EffectsOf(string name) => Shown.GetOrAdd(name, _ => new Lazy<IReadOnlyList<ServerEffect>>(() =>
    {
        var context = TinyRuns.Context(name);
        var observer = new RecordingObserver();
        new LocalEngine(new EngineOptions { Workers = 1 }, TimeProvider.System)
            .Run(EngineRun.Of(context, RunState.Initial(context.Plan)), observer, CancellationToken.None);
        return observer.Effects;
    })).Value;

    /// <summary>The serial end of a run that stands at <paramref name="start"/>, which is left as it is.</summary>
    public static RunState Finish(RunContext context, RunState start) =>
        new SerialTrainer(context).Train(StateBits.Copy(start));
}

using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;

namespace ClusterTrain.Testing;

/// <summary>Keeps what an engine shows, and a copy of the best state.</summary>
public sealed class RecordingObserver : IRunObserver
{
    public List<ServerEffect> Effects { get; } = [];

    public ModelState? Best { get; private set; }

    /// <summary>Called after each effect is kept.</summary>
    public Action<ServerEffect> Then { get; init; } = _ => { };

    public void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed)
    {
        Assert.IsNotType<ServerEffect.Assign>(effect);
        Effects.Add(effect);
        if (effect is ServerEffect.CheckpointDue { IsBest: true }) Best = server.Best!.Copy();
        Then(effect);
    }
}

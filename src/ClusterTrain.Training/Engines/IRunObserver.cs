using ClusterTrain.Training.Server;

namespace ClusterTrain.Training.Engines;

/// <summary>
/// Sees what the parameter server decides, in order, while it waits: writes files, shows progress. Called by one thread
/// at a time.
/// </summary>
public interface IRunObserver
{
    /// <param name="effect">Anything but an assignment.</param>
    /// <param name="server">The server right after it; its state must not be kept without copying.</param>
    /// <param name="elapsed">Time since the engine started.</param>
    void On(ServerEffect effect, ParameterServer server, TimeSpan elapsed);
}

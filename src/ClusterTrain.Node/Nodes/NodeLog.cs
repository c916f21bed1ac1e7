using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>Everything that a node logs.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "{Name} is up: roles {Roles}, cluster port {Address}, plane {Plane}")]
    public static partial void Started(ILogger log, string name, string roles, string address, string plane);

    [LoggerMessage(28, LogLevel.Warning, "Everyone who can reach {Plane} may change the cluster's runs: there is neither tls nor a secret")]
    public static partial void StandsOpen(ILogger log, string plane);

    [LoggerMessage(2, LogLevel.Information, "Stopping: work at hand is handed back, and the node leaves the cluster")]
    public static partial void Leaving(ILogger log);

    [LoggerMessage(3, LogLevel.Information, "This node has left the cluster")]
    public static partial void Left(ILogger log);

    [LoggerMessage(4, LogLevel.Error, "This node {Reason}")]
    public static partial void Removed(ILogger log, string reason);

    [LoggerMessage(5, LogLevel.Error, "This worker is refused: {Why}")]
    public static partial void Refused(ILogger log, string why);

    [LoggerMessage(6, LogLevel.Error, "This worker failed: {What}")]
    public static partial void WorkerFailed(ILogger log, string what);

    [LoggerMessage(7, LogLevel.Warning, "The server's tensors are out of reach: {Why}")]
    public static partial void PlaneOutOfReach(ILogger log, string why);

    [LoggerMessage(9, LogLevel.Information, "{Name} works for {Run}, incarnation {Incarnation}")]
    public static partial void Works(ILogger log, string name, string run, int incarnation);

    [LoggerMessage(10, LogLevel.Information, "This node is the active server; runs are in {Folder}")]
    public static partial void Serving(ILogger log, string folder);

    [LoggerMessage(11, LogLevel.Information, "{Run}: still claimed by another process; waiting for it to end")]
    public static partial void Claimed(ILogger log, string run);

    [LoggerMessage(8, LogLevel.Warning, "{Run}: another server has taken it over while this one stood still; nothing more of it is written here")]
    public static partial void TakenOver(ILogger log, string run);

    [LoggerMessage(12, LogLevel.Information, "{Run}: begins, incarnation {Incarnation}: {Steps} steps, {Shards} shards a step, math {Math}")]
    public static partial void RunBegins(ILogger log, string run, int incarnation, long steps, int shards, string math);

    [LoggerMessage(13, LogLevel.Information, "{Run}: goes on from step {Step} of {Steps}, incarnation {Incarnation}, math {Math}")]
    public static partial void RunGoesOn(ILogger log, string run, long step, long steps, int incarnation, string math);

    [LoggerMessage(14, LogLevel.Information, "{Run}: {Line}")]
    public static partial void Evaluated(ILogger log, string run, string line);

    [LoggerMessage(15, LogLevel.Information, "{Run}: saved at step {Step} for the next server")]
    public static partial void RunSaved(ILogger log, string run, long step);

    [LoggerMessage(16, LogLevel.Information, "{Run}: {Status}, state hash {Hash}")]
    public static partial void RunEnded(ILogger log, string run, string status, string hash);

    [LoggerMessage(17, LogLevel.Error, "{Run}: {What}")]
    public static partial void RunFailed(ILogger log, string run, string what);

    [LoggerMessage(18, LogLevel.Warning, "{Run}: {What}")]
    public static partial void RunWarning(ILogger log, string run, string what);

    [LoggerMessage(19, LogLevel.Error, "The line is held up: {Why}; there is another try as soon as there is room")]
    public static partial void LineHeldUp(ILogger log, string why);

    [LoggerMessage(24, LogLevel.Information, "There is room again: the line goes on")]
    public static partial void LineGoesOn(ILogger log);

    [LoggerMessage(20, LogLevel.Information, "{Worker} works for the run")]
    public static partial void WorkerJoined(ILogger log, string worker);

    [LoggerMessage(21, LogLevel.Information, "{Worker} has left")]
    public static partial void WorkerLeft(ILogger log, string worker);

    [LoggerMessage(22, LogLevel.Warning, "{Worker} is lost; its work goes to others")]
    public static partial void WorkerLost(ILogger log, string worker);

    [LoggerMessage(25, LogLevel.Warning, "{Worker} sits the run out: {Why}")]
    public static partial void WorkerSitsOut(ILogger log, string worker, string why);

    [LoggerMessage(26, LogLevel.Warning, "{Name} sits {Run} out, and waits for the next run: {Why}")]
    public static partial void SitsOut(ILogger log, string name, string run, string why);

    [LoggerMessage(27, LogLevel.Warning, "The other servers' runs are not copied at the moment: {Why}")]
    public static partial void CannotCopy(ILogger log, string why);

    [LoggerMessage(29, LogLevel.Information, "Nothing is in the way of copying the other servers' runs any more")]
    public static partial void CanCopyAgain(ILogger log);

    [LoggerMessage(30, LogLevel.Warning, "{Run}: were this server to take it over, it would fail: {Why}")]
    public static partial void CannotCarry(ILogger log, string run, string why);

    [LoggerMessage(23, LogLevel.Error, "{Worker} is refused: {Why}")]
    public static partial void WorkerRefused(ILogger log, string worker, string why);
}

using ClusterTrain.Actors.Engine;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>One session of a run that a cluster was given: from its folder to results in it.</summary>
internal sealed class ServedSession : IDisposable
{
    private readonly ILogger _log;
    private readonly string _name;
    private readonly RunSession _session;
    private CancellationTokenSource? _stop;

    /// <param name="after">Number of the run's last session, on whatever server.</param>
    /// <exception cref="Exception">As <c>train --resume</c> would refuse it.</exception>
    public ServedSession(Surroundings surroundings, ILogger log, string path, string? dataFolder, RunClaim claim, int after)
    {
        (_log, _name) = (log, Path.GetFileName(path));
        var folder = new RunFolder(path);
        var (spec, source) = TransferInput.Open(surroundings, SpecInput.Load(surroundings, folder.SpecPath, []));
        var data = SpecInput.LoadData(surroundings, spec, dataFolder);
        var math = SpecInput.Math(surroundings).Select(spec.Math, RecordedMath.Of(folder, spec));
        SpecText = SpecWriter.Write(spec);
        _session = RunSession.Open(folder, new RunContext(spec, data, math.Create, source), SessionStart.Resume, claim, after);
        foreach (var warning in _session.Start.Warnings) NodeLog.RunWarning(log, _name, warning);
    }

    public RunContext Context => _session.Run.Context;

    public RunState Start => _session.Start.State;

    public int Incarnation => _session.Incarnation;

    public string SpecText { get; }

    public IReadOnlyDictionary<string, string> ShutOut => _session.ShutOut;

    private RunFolder Folder => _session.Run.Folder;

    /// <summary>Says how a run ended.</summary>
    public static void Say(ILogger log, string name, SessionEnd end)
    {
        var summary = end is SessionEnd.Completed completed ? completed.Summary : (end as SessionEnd.Interrupted)?.Summary;
        if (summary is null) NodeLog.RunFailed(log, name, end.Words(name));
        else NodeLog.RunEnded(log, name, end.State, summary.StateHash);
    }

    public ServedProgress Begin(CancellationToken handOver)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(handOver);
        var (plan, version, math) = (Context.Plan, Start.Model.Version, Context.Math.ToString());
        if (version == 0) NodeLog.RunBegins(_log, _name, Incarnation, plan.TotalSteps, plan.Shards, math);
        else NodeLog.RunGoesOn(_log, _name, version, plan.TotalSteps, Incarnation, math);
        var tracker = new ProgressTracker(Context, _session.Recorder, 0, version)
        {
            OnEvaluated = (evaluated, at) => NodeLog.Evaluated(_log, _name, PlainProgress.Line(evaluated, at)),
        };
        return new ServedProgress(_name, version, tracker, _stop);
    }

    /// <summary>Writes what the session ends with. How the run ended; null where another server goes on with it.</summary>
    public SessionEnd? Conclude(RunOutcome outcome, RunConductor conductor, bool isStoppedByUser)
    {
        if (outcome.End is ServerEffect.Interrupted && !isStoppedByUser)
        {
            _session.Leave();
            NodeLog.RunSaved(_log, _name, outcome.Model.Version);
            return null;
        }

        var end = _session.Conclude(
            outcome with { Workers = conductor.MostWorkers, BytesSent = conductor.BytesSent, BytesReceived = conductor.BytesReceived },
            AkkaEngine.Entry.Name);
        Say(_log, _name, end);
        return end;
    }

    /// <summary>Nobody works for the run any more.</summary>
    public void DeleteProcesses()
    {
        if (_session.IsHeld) File.Delete(Folder.ProcessesPath);
    }

    /// <summary>Writes who works for the run at this moment.</summary>
    public void WriteProcesses(string plane, IReadOnlyList<ClusterMessage.Join> workers) => ProcessesFile.Write(
        Folder.ProcessesPath,
        [
            new RunningProcess(Environment.ProcessId, "server", "server", plane),
            .. workers.Select(worker => new RunningProcess(worker.Pid, "worker", worker.Worker, worker.Address)),
        ]);

    public void Dispose()
    {
        _stop?.Dispose();
        _session.Dispose();
    }
}

using ClusterTrain.Cluster.Processes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>One session of a run that a cluster was given: from its folder to results in it.</summary>
internal sealed class ServedSession : IDisposable
{
    /// <summary>When work is given to a second worker.</summary>
    public static readonly LeasePolicy Leases = new() { Shortest = TimeSpan.FromMilliseconds(200), Patience = 1.5 };

    private readonly ILogger _log;
    private readonly string _name;
    private readonly RunRecorder _recorder;
    private CancellationTokenSource? _stop;

    /// <exception cref="Exception">As <c>train --resume</c> would refuse it.</exception>
    public ServedSession(Surroundings surroundings, ILogger log, string path, string? dataFolder)
    {
        (_log, _name) = (log, Path.GetFileName(path));
        var folder = new RunFolder(path);
        var (spec, source) = TransferInput.Open(surroundings, SpecInput.Load(surroundings, folder.SpecPath, []));
        var data = SpecInput.LoadData(surroundings, spec, dataFolder);
        var math = SpecInput.Math(surroundings).Select(spec.Math, RecordedMath.Of(folder, spec));
        Run = new StoredRun(folder, new RunContext(spec, data, math.Create, source));
        SpecText = SpecWriter.Write(spec);
        Start = Run.Resume();
        foreach (var warning in Start.Warnings) NodeLog.RunWarning(log, _name, warning);
        _recorder = new RunRecorder(Run, Start);
    }

    public StoredRun Run { get; }

    public RunStart Start { get; }

    public string SpecText { get; }

    public ServedProgress Begin(string name, int incarnation, CancellationToken handOver)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(handOver);
        var (plan, version, math) = (Run.Context.Plan, Start.State.Model.Version, Run.Context.Math.ToString());
        if (version == 0) NodeLog.RunBegins(_log, name, incarnation, plan.TotalSteps, plan.Shards, math);
        else NodeLog.RunGoesOn(_log, name, version, plan.TotalSteps, incarnation, math);
        var tracker = new ProgressTracker(Run.Context, _recorder, 0, Start.State.Model.Version)
        {
            OnEvaluated = (evaluated, at) => NodeLog.Evaluated(_log, name, PlainProgress.Line(evaluated, at)),
        };
        return new ServedProgress(name, Start.State.Model.Version, tracker, _stop);
    }

    /// <summary>Writes what the session ends with. Whether the run leaves the line; if not, another server goes on with it.</summary>
    public bool Conclude(RunOutcome outcome, RunConductor conductor, bool isStoppedByUser)
    {
        _recorder.Flush();
        if (outcome.End is ServerEffect.Diverged or ServerEffect.Disagreed)
            throw new InvalidOperationException(outcome.End is ServerEffect.Diverged diverged
                ? $"step {diverged.Step}: the run diverged: {diverged.What}" : $"{outcome.End}");
        if (outcome.End is ServerEffect.Interrupted && !isStoppedByUser)
        {
            NodeLog.RunSaved(_log, _name, outcome.Model.Version);
            return false;
        }

        outcome = outcome with { BytesSent = conductor.BytesSent, BytesReceived = conductor.BytesReceived };
        var summary = SummaryFile.Write(
            Run.Folder, SummaryBuilder.Build(Run, Start, _recorder, outcome, Math.Max(1, conductor.MostWorkers), "akka"));
        ReportBuilder.Write(Run.Folder, Run.Context, outcome.End is ServerEffect.Completed ? outcome.Result : outcome.Model, summary);
        NodeLog.RunEnded(_log, _name, summary.Status == RunStatus.StoppedEarly ? "stopped early" : $"{summary.Status}".ToLowerInvariant(), summary.StateHash);
        return true;
    }

    /// <summary>Writes who works for the run at this moment.</summary>
    public void WriteProcesses(string plane, IReadOnlyList<ClusterMessage.Join> workers) => ProcessesFile.Write(
        Run.Folder.ProcessesPath,
        [
            new RunningProcess(Environment.ProcessId, "server", "server", plane),
            .. workers.Select(worker => new RunningProcess(worker.Pid, "worker", worker.Worker, worker.Address)),
        ]);

    public void Dispose()
    {
        _stop?.Dispose();
        _recorder.Dispose();
    }
}

using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Sessions;

/// <summary>How a session takes its folder up.</summary>
public enum SessionStart
{
    /// <summary>The folder must not hold a run yet.</summary>
    Fresh,

    /// <summary>The folder holds the run.</summary>
    Resume,

    /// <summary>Begins the run, or goes on with the one that is there.</summary>
    Either,
}

/// <summary>
/// One session of a run: opens its folder, which nobody else may write meanwhile, records what an engine makes of it, and
/// concludes. Who carries the run by other means than an <see cref="IEngine"/> opens and concludes alone.
/// </summary>
public sealed class RunSession : IDisposable
{
    private readonly RunClaim _claim;

    private RunSession(StoredRun run, RunStart start, RunClaim claim, int after)
    {
        (Run, Start, _claim) = (run, start, claim);
        Incarnation = claim.NextIncarnation(after);
        Recorder = new RunRecorder(run, start, claim);
    }

    public StoredRun Run { get; }

    public RunStart Start { get; }

    /// <summary>Which session of the run this is, from 1.</summary>
    public int Incarnation { get; }

    /// <summary>Writes the folder as the server decides; must see all of it.</summary>
    public RunRecorder Recorder { get; }

    /// <summary>Workers that must take no part any more, by name, each with what it did.</summary>
    public IReadOnlyDictionary<string, string> ShutOut => Start.Convicted.DistinctBy(worker => worker.Worker)
        .ToDictionary(worker => worker.Worker, worker => FormattableString.Invariant($"it computed wrongly in step {worker.Step}: its hardware is faulty"), StringComparer.Ordinal);

    /// <summary>Whether the folder is still this session's to write.</summary>
    public bool IsHeld => _claim.IsHeld;

    /// <summary>How the run of a folder ended, if it is over: then no session is opened for it. Changes nothing.</summary>
    /// <exception cref="FileFailureException">The folder's result cannot be read.</exception>
    public static SessionEnd? Ended(RunFolder folder)
    {
        if (SessionEnd.Diverged.Read(folder) is { } diverged) return diverged;
        return File.Exists(folder.SummaryPath) && SummaryFile.Read(folder) is { Status: not RunStatus.Interrupted } summary
            ? new SessionEnd.Completed(summary) : null;
    }

    /// <summary>The same of a run that must be of this spec.</summary>
    /// <exception cref="FileFailureException">The folder holds a run of another spec, or its result cannot be read.</exception>
    public static SessionEnd? Ended(RunFolder folder, RunSpec spec)
    {
        if (File.Exists(folder.SpecPath)) folder.RequireSpec(SpecWriter.Write(spec));
        return Ended(folder);
    }

    /// <summary>Opens a run that is not over.</summary>
    /// <param name="claim">The folder's, which the session takes over; null to take it.</param>
    /// <param name="after">Number of the last session that worked on a copy of the folder; 0 for none.</param>
    /// <exception cref="FileFailureException">
    /// The folder cannot be written, is being written by somebody else, or holds a run that is over or not this one.
    /// </exception>
    /// <exception cref="CheckpointException">There are checkpoints but none is good.</exception>
    /// <exception cref="MathMismatchException">The run was computed with another backend.</exception>
    public static RunSession Open(RunFolder folder, RunContext context, SessionStart how, RunClaim? claim = null, int after = 0)
    {
        // Made before it is claimed, and filled after: of two that begin at once, one is refused.
        if (how == SessionStart.Fresh || (how == SessionStart.Either && !File.Exists(folder.SpecPath))) folder.Prepare();
        claim ??= RunClaim.Take(folder.FullPath);
        RunStart? start = null;
        try
        {
            var run = new StoredRun(folder, context);
            var isThere = how == SessionStart.Resume || (how == SessionStart.Either && File.Exists(folder.SpecPath));

            // Asked under the claim: who had it before may have brought the run to its end.
            if (isThere && Ended(folder, context.Spec) is { } ended)
                throw new FileFailureException($"{folder.FullPath} holds a run that is over ({ended.State}); nothing of it is changed");
            start = isThere ? run.Resume() : run.Create();
            return new RunSession(run, start, claim, after);
        }
        catch
        {
            start?.Ledger.Dispose();
            claim.Dispose();
            throw;
        }
    }

    /// <summary>A whole session: opens the run unless it is over, carries it by an engine, concludes.</summary>
    /// <param name="context">Makes what the run needs; not asked for when it is over.</param>
    /// <param name="withReport">Whether <c>report.html</c> is written.</param>
    public static SessionEnd Complete(
        RunFolder folder, RunSpec spec, Func<RunContext> context, IEngine engine, bool withReport, CancellationToken stop)
    {
        if (Ended(folder, spec) is { } ended) return ended;
        using var session = Open(folder, context(), SessionStart.Either);
        return session.Conclude(session.Carry(engine, session.Recorder, stop), engine.Name, withReport);
    }

    /// <param name="observer">Must hand everything on to <see cref="Recorder"/>.</param>
    public RunOutcome Carry(IEngine engine, IRunObserver observer, CancellationToken stop) =>
        engine.Run(EngineRun.Of(Run.Context, Start.State, Incarnation, Run.Folder.FullPath) with { ShutOut = ShutOut }, observer, stop);

    /// <summary>Writes what the session ends with: the summary last, since it seals the other files.</summary>
    /// <param name="engine">Name of the engine, for the summary.</param>
    public SessionEnd Conclude(RunOutcome outcome, string engine, bool withReport = true)
    {
        Leave();
        switch (outcome.End)
        {
            case ServerEffect.Diverged diverged:
                var end = new SessionEnd.Diverged(diverged.Step, diverged.What, Run.Checkpoints.Index()?.Latest);
                end.Write(Run.Folder);
                return end;
            case ServerEffect.Disagreed disagreed:
                return new SessionEnd.Disagreed(disagreed.Worker, disagreed.Id);
        }

        var isDone = outcome.End is ServerEffect.Completed;
        var summary = SummaryBuilder.Build(Run, Start, Recorder, outcome, engine) with { Sessions = Incarnation };
        if (withReport) ReportBuilder.Write(Run.Folder, Run.Context, isDone ? outcome.Result : outcome.Model, summary);
        summary = SummaryFile.Write(Run.Folder, summary);
        return isDone ? new SessionEnd.Completed(summary)
            : new SessionEnd.Interrupted(summary) { TotalSteps = Run.Context.Plan.TotalSteps };
    }

    /// <summary>Leaves the run as it stands to whoever goes on with it: what was said so far is on disk.</summary>
    public void Leave() => Recorder.Flush();

    public void Dispose()
    {
        Recorder.Dispose();
        _claim.Dispose();
    }
}

using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;
using Spectre.Console;

namespace ClusterTrain.Node.Commands;

/// <summary>What the user asks of <c>train</c>.</summary>
internal sealed record TrainRequest(
    string? Spec, IReadOnlyList<string> Sets, string? Data, int Workers, string Engine, string? Out, bool Resume, bool Json)
{
    /// <summary>The command that goes on with an interrupted run, where that is not the usual one.</summary>
    public string? GoOn { get; init; }
}

/// <summary>A run as a person sees it: from the user's words to results and an exit code.</summary>
internal sealed class TrainSession(Surroundings surroundings, TrainRequest request)
{
    private TextWriter Report => request.Json ? surroundings.Error : surroundings.Out;

    public int Run()
    {
        EngineCatalogue.Get(request.Engine);
        var (named, folder) = request.Resume ? ResumedSpec() : FreshSpec();
        var (spec, source) = TransferInput.Open(surroundings, named);
        if (request.Resume && RunSession.Ended(folder, spec) is { } ended)
        {
            Report.WriteLine($"The run is {(ended is SessionEnd.Completed ? "complete" : "over")} already; nothing was changed.");
            return Show(folder, ended);
        }

        var data = SpecInput.LoadData(surroundings, spec, request.Data, warns: !request.Resume);
        var math = SpecInput.Math(surroundings).Select(spec.Math, request.Resume ? RecordedMath.Of(folder, spec) : null);
        using var session = RunSession.Open(
            folder, new RunContext(spec, data, math.Create, source), request.Resume ? SessionStart.Resume : SessionStart.Fresh);
        foreach (var warning in session.Start.Warnings) surroundings.Error.WriteLine($"warning: {warning}");
        Announce(session.Run.Context, session.Start.State.Model.Version, math);
        try
        {
            return Show(folder, session.Conclude(Carry(session), request.Engine));
        }
        catch (FileFailureException failure)
        {
            // Amid the run: no longer a matter of what the user typed.
            surroundings.Error.WriteLine($"error: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private (RunSpec, RunFolder) FreshSpec()
    {
        var spec = SpecInput.Load(surroundings, request.Spec, request.Sets);
        var path = request.Out is { } named ? surroundings.PathOf(named) : RunFolders.Fresh(surroundings, spec.Name);
        return (spec, new RunFolder(path));
    }

    // Without a spec the run's own is read; with one, it must be the same, which the folder checks.
    private (RunSpec, RunFolder) ResumedSpec()
    {
        if (request.Spec is null && request.Out is { } named)
        {
            var folder = RunFolders.Existing(surroundings, named);
            return (SpecInput.Load(surroundings, folder.SpecPath, request.Sets), folder);
        }

        var spec = SpecInput.Load(surroundings, request.Spec, request.Sets);
        return (spec, RunFolders.Existing(surroundings, request.Out ?? RunFolders.Newest(surroundings, spec.Name)));
    }

    private void Announce(RunContext context, long version, MathSelection math)
    {
        var (spec, plan) = (context.Spec, context.Plan);
        Report.WriteLine(
            $"{spec.Name}: {spec.Data.Name}, {Figures.Count(plan.TrainRows)} training rows, {Figures.Count(plan.Network.ParameterCount - plan.Network.StatisticCount)} parameters, "
            + $"{spec.Epochs} epochs of {plan.StepsPerEpoch} steps, {plan.Shards} shards a step, {request.Workers} workers, math {context.Math}");
        if (math.Explanation is not null) Report.WriteLine(math.Explanation);
        foreach (var line in version == 0 && plan.Transfer is { } transfer ? transfer.Lines() : []) Report.WriteLine(line);
        if (version > 0) Report.WriteLine($"Going on from step {version} of {plan.TotalSteps}.");
    }

    private RunOutcome Carry(RunSession session)
    {
        var first = session.Start.State.Model.Version;
        var lines = new Queue<string>();
        var isLive = surroundings.IsTerminal && !request.Json;
        var tracker = new ProgressTracker(session.Run.Context, session.Recorder, request.Workers, first)
        {
            OnEvaluated = (evaluated, at) => Say(PlainProgress.Line(evaluated, at)),
            OnConvicted = convicted => surroundings.Error.WriteLine($"warning: {convicted.Words}"),
        };
        void Say(string line)
        {
            if (!isLive) Report.WriteLine(line);
            else lock (lines) lines.Enqueue(line);
        }

        var engine = EngineCatalogue.Create(surroundings, request.Engine, request.Workers, request.Data, Say);
        if (!isLive) return session.Carry(engine, tracker, surroundings.Stop);
        var task = Task.Run(() => session.Carry(engine, tracker, surroundings.Stop), CancellationToken.None);
        return LiveProgress.Show(AnsiConsole.Console, () => tracker.Snapshot, first, lines, task);
    }

    private int Show(RunFolder folder, SessionEnd end)
    {
        var shown = RunFolders.Shown(surroundings, folder.FullPath);
        switch (end)
        {
            case SessionEnd.Completed completed:
                RunResults.Show(surroundings, request.Json, folder, completed.Summary);
                return ExitCode.Done;
            case SessionEnd.Interrupted { Summary: { } summary }:
                RunResults.Show(surroundings, request.Json, folder, summary);
                surroundings.Error.WriteLine(
                    $"{end.Words(shown)} Go on with: {surroundings.Program} {request.GoOn ?? $"train --resume --out {shown}"}"
                    + (request.Data is null ? "" : $" --data {request.Data}"));
                return ExitCode.Interrupted;
            default:
                surroundings.Error.WriteLine($"error: {end.Words(shown)}");
                return ExitCode.Failed;
        }
    }
}

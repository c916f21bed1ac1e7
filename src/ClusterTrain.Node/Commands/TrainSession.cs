using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;
using Spectre.Console;

namespace ClusterTrain.Node.Commands;

/// <summary>One session of a run: from the user's words to files, results and an exit code.</summary>
internal sealed class TrainSession(Surroundings surroundings, TrainRequest request)
{
    private TextWriter Report => request.Json ? surroundings.Error : surroundings.Out;

    public int Run()
    {
        Engines.RequireKnown(request.Engine);
        var (named, folder) = request.Resume ? ResumedSpec() : FreshSpec();
        var (spec, source) = TransferInput.Open(surroundings, named);
        var data = SpecInput.LoadData(surroundings, spec, request.Data, warns: !request.Resume);
        var math = SpecInput.Math(surroundings).Select(spec.Math, request.Resume ? RecordedMath.Of(folder, spec) : null);
        var run = new StoredRun(folder, new RunContext(spec, data, math.Create, source));
        if (request.Resume) run.RequireSameSpec();
        if (request.Resume && IsDone(run)) return ShowFinished(run);

        using var resumed = request.Resume ? RunClaim.Take(folder.FullPath) : null;
        var start = request.Resume ? run.Resume() : run.Create();
        using var created = request.Resume ? null : RunClaim.Take(folder.FullPath);
        var incarnation = (resumed ?? created)!.NextIncarnation();
        foreach (var warning in start.Warnings) surroundings.Error.WriteLine($"warning: {warning}");
        using var recorder = new RunRecorder(run, start);
        Announce(run, start, math);
        var outcome = Carry(run, start, recorder, incarnation);
        recorder.Flush();
        return Conclude(run, start, recorder, outcome);
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
        if (request.Spec is null && request.Sets.Count == 0 && request.Out is { } named)
        {
            var folder = RunFolders.Existing(surroundings, named);
            return (SpecInput.Load(surroundings, folder.SpecPath, []), folder);
        }

        var spec = SpecInput.Load(surroundings, request.Spec, request.Sets);
        return (spec, RunFolders.Existing(surroundings, request.Out ?? RunFolders.Newest(surroundings, spec.Name)));
    }

    private static bool IsDone(StoredRun run) => File.Exists(run.Folder.SummaryPath)
        && SummaryFile.Read(run.Folder).Status != RunStatus.Interrupted;

    private int ShowFinished(StoredRun run)
    {
        Report.WriteLine("The run is complete already; nothing was changed.");
        RunResults.Show(surroundings, request.Json, run, SummaryFile.Read(run.Folder));
        return ExitCode.Done;
    }

    private void Announce(StoredRun run, RunStart start, MathSelection math)
    {
        var (spec, plan) = (run.Context.Spec, run.Context.Plan);
        Report.WriteLine(
            $"{spec.Name}: {spec.Data.Name}, {Figures.Count(plan.TrainRows)} training rows, {Figures.Count(plan.Network.ParameterCount - plan.Network.StatisticCount)} parameters, "
            + $"{spec.Epochs} epochs of {plan.StepsPerEpoch} steps, {plan.Shards} shards a step, {request.Workers} workers, math {run.Context.Math}");
        if (math.Explanation is not null) Report.WriteLine(math.Explanation);
        if (start.State.Model.Version > 0)
            Report.WriteLine($"Going on from step {start.State.Model.Version} of {plan.TotalSteps}.");
    }

    private RunOutcome Carry(StoredRun run, RunStart start, RunRecorder recorder, int incarnation)
    {
        var first = start.State.Model.Version;
        var lines = new Queue<string>();
        var isLive = surroundings.IsTerminal && !request.Json;
        var tracker = new ProgressTracker(run.Context, recorder, request.Workers, first)
        {
            OnEvaluated = (evaluated, at) => Say(PlainProgress.Line(evaluated, at)),
        };
        void Say(string line)
        {
            if (!isLive) Report.WriteLine(line);
            else lock (lines) lines.Enqueue(line);
        }

        var engine = new Engines(surroundings, request, Say);
        if (!isLive) return engine.Run(run, start.State, incarnation, tracker);
        var task = Task.Run(() => engine.Run(run, start.State, incarnation, tracker), CancellationToken.None);
        return LiveProgress.Show(AnsiConsole.Console, tracker, first, lines, task);
    }

    private int Conclude(StoredRun run, RunStart start, RunRecorder recorder, RunOutcome outcome)
    {
        var shown = RunFolders.Shown(surroundings, run.Folder.FullPath);
        switch (outcome.End)
        {
            case ServerEffect.Diverged diverged:
                var last = run.Checkpoints.Index()?.Latest;
                surroundings.Error.WriteLine(
                    $"error: step {diverged.Step}: the run diverged: {diverged.What}. "
                    + (last is null ? "There is no checkpoint yet. " : $"The last good checkpoint is step {last} in {shown}. ")
                    + "A lower optimizer.learningRate or a longer schedule.warmupEpochs usually helps.");
                return ExitCode.Failed;
            case ServerEffect.Disagreed disagreed:
                surroundings.Error.WriteLine(
                    $"error: {disagreed.Worker} and another worker computed different bits for the {disagreed.Id}: "
                    + "one of them has faulty hardware. What is on disk is good up to the last checkpoint.");
                return ExitCode.Failed;
        }

        var summary = SummaryFile.Write(run.Folder, SummaryBuilder.Build(run, start, recorder, outcome, request.Workers, request.Engine));
        ReportBuilder.Write(run.Folder, run.Context, outcome.End is ServerEffect.Completed ? outcome.Result : outcome.Model, summary);
        RunResults.Show(surroundings, request.Json, run, summary);
        if (outcome.End is not ServerEffect.Interrupted interrupted) return ExitCode.Done;
        surroundings.Error.WriteLine(
            $"Interrupted at step {interrupted.Version} of {run.Context.Plan.TotalSteps}; the state is saved. "
            + $"Go on with: {surroundings.Program} {request.GoOn ?? $"train --resume --out {shown}"}"
            + (request.Data is null ? "" : $" --data {request.Data}"));
        return ExitCode.Interrupted;
    }
}

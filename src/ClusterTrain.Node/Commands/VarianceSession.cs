using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Report;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Commands;

/// <summary>What the user asks of <c>variance</c>.</summary>
internal sealed record VarianceRequest(
    string? Spec, bool Quick, IReadOnlyList<string> Sets, string? Data, int Workers, string Engine, string? Out, bool Resume);

/// <summary>One session of a study: from the user's words to trained members, results and an exit code.</summary>
internal sealed class VarianceSession(Surroundings surroundings, VarianceRequest request)
{
    public int Run()
    {
        EngineCatalogue.Get(request.Engine);
        var (study, folder) = request.Resume ? Resumed() : Fresh();
        var plan = new StudyPlan(study);
        var contexts = StudyInput.Contexts(surroundings, plan, request.Data);
        if (!request.Resume) folder.Create(study);
        using var claim = RunClaim.Take(folder.FullPath);
        Announce(plan);
        var (members, total) = (plan.Members, plan.Members.Count);
        var runner = new StudyRunner(folder.FullPath, Trainer(contexts, folder), AtOnce)
        {
            OnEnd = (member, end, ended) => surroundings.Out.WriteLine($"{ended,4}/{total}  {member}: {StudyMember.Line(end)}"),
        };
        var before = runner.Ended(members).Count(end => end is not null);
        if (before > 0) surroundings.Out.WriteLine($"Going on: {before} of {total} trainings are done.");
        var ends = runner.Run(members, surroundings.Stop);
        if (ends.OfType<SessionEnd.Disagreed>().FirstOrDefault() is { } disagreed)
        {
            surroundings.Error.WriteLine($"error: {disagreed.Words(RunFolders.Shown(surroundings, folder.FullPath))}");
            return ExitCode.Failed;
        }

        var done = ends.Count(end => end is { IsOver: true });
        if (done < total) return Interrupted(done, plan, folder);

        var began = surroundings.Time.GetTimestamp();
        surroundings.Out.WriteLine("Measuring.");
        var result = new StudyAnalysis(plan, folder, contexts, request.Workers).Run(surroundings.Out.WriteLine, surroundings.Stop);
        if (result is null) return Interrupted(done, plan, folder);
        var timings = StudyFiles.Timings(plan, folder, result);
        StudyFiles.Write(folder, result, timings);
        var shown = RunFolders.Shown(surroundings, folder.FullPath);
        VarianceReport.Write(folder, study, result, timings);
        Show(result, shown, surroundings.Time.GetElapsedTime(began));
        return ExitCode.Done;
    }

    private int AtOnce => EngineCatalogue.Get(request.Engine).SmallRuns == SmallRuns.OneByOne ? 1 : request.Workers;

    private (StudySpec, StudyFolder) Fresh()
    {
        var study = Named();
        var path = request.Out is { } named ? surroundings.PathOf(named) : StudyFolders.Fresh(surroundings, study.Name);
        return (study, new StudyFolder(path));
    }

    // Without a spec the study's own is read; with one, it must be the same.
    private (StudySpec, StudyFolder) Resumed()
    {
        if (request.Spec is null && !request.Quick && request.Sets.Count == 0 && request.Out is { } named)
        {
            var own = StudyFolders.Existing(surroundings, named);
            return (StudyInput.Load(surroundings, own.StudyPath, []), own);
        }

        var study = Named();
        var folder = StudyFolders.Existing(surroundings, request.Out ?? StudyFolders.Newest(surroundings, study.Name));
        folder.Require(study);
        return (study, folder);
    }

    private StudySpec Named()
    {
        var study = StudyInput.Load(surroundings, request.Spec, request.Sets);
        if (!request.Quick) return study;
        study = ShippedStudies.Quick(study);
        if (request.Spec is not null || SpecInput.Locations(surroundings, request.Data).Find(study.Dropout.Data.Name) is not null) return study;
        surroundings.Out.WriteLine($"{study.Dropout.Data.Name} is in no data folder: the built-in {Glyphs.Name} serve instead.");
        return ShippedStudies.OnGlyphs(study);
    }

    // Workers share a step only where a cluster's nodes are the workers; else whole trainings keep the cores busy.
    private IRunTrainer Trainer(StudyContexts contexts, StudyFolder folder) => EngineCatalogue.Get(request.Engine).SmallRuns switch
    {
        SmallRuns.ProcessEach => new ProcessTrainer(folder.FullPath, request.Data is { } data ? ["--data", surroundings.PathOf(data)] : [], Say),
        _ => contexts.Trainer(EngineCatalogue.Create(surroundings, request.Engine, request.Workers / AtOnce, request.Data, Say)),
    };

    private void Say(string line) => surroundings.Error.WriteLine(line);

    private void Announce(StudyPlan plan)
    {
        var (spec, data) = (plan.Spec, plan.Spec.Dropout.Data);
        surroundings.Out.WriteLine(
            $"{spec.Name}: {data.Name}, {Count(spec.Sets, "training set")} of {(data.Train == 0 ? "all" : Figures.Count(data.Train))} rows, "
            + $"arms {string.Join(", ", plan.Arms.Select(arm => arm.Id))}, {spec.Members} members each, {Count(plan.Members.Count, "training")}, {AtOnce} at once");
    }

    private int Interrupted(int done, StudyPlan plan, StudyFolder folder)
    {
        surroundings.Error.WriteLine(
            $"Interrupted after {done} of {plan.Members.Count} trainings{(done < plan.Members.Count ? "; the others are saved where they stood" : "")}. Go on with: "
            + $"{surroundings.Program} variance --resume --out {RunFolders.Shown(surroundings, folder.FullPath)}"
            + (request.Data is null ? "" : $" --data {request.Data}"));
        return ExitCode.Interrupted;
    }

    private void Show(VarianceResult result, string folder, TimeSpan measuring)
    {
        var largest = result.Arms.Select(arm => arm.Curve.Count == 0 ? 0 : arm.Curve[^1].K).Max();
        List<IReadOnlyList<string>> rows = [["arm", "", "V", "C", "rho", "accuracy", $"accuracy, k = {largest}"]];
        rows.AddRange(result.Arms.Select(arm => arm.Moments is not { } moments ? (IReadOnlyList<string>)[arm.Id, arm.Title, "-", "-", "-", "-", "-"] :
        [
            arm.Id, arm.Title, Verdict.Plain(moments.V.Value), Verdict.Plain(moments.C.Value), Verdict.Plain(moments.Rho.Value),
            Figures.Percent(arm.Curve[0].Measured.Accuracy), Figures.Percent(arm.Curve[^1].Measured.Accuracy),
        ]));
        surroundings.Out.WriteLine("");
        foreach (var line in TextTable.Lines(rows)) surroundings.Out.WriteLine(line);
        surroundings.Out.WriteLine("");
        foreach (var sentence in result.Verdict) surroundings.Out.WriteLine(sentence);
        surroundings.Out.WriteLine("");
        surroundings.Out.WriteLine($"Measured in {Figures.Duration(measuring)}. Results, tables and report.html: {folder}");
    }

    private static string Count(int number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")}";
}

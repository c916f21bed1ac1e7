using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;

namespace ClusterTrain.Node.Commands;

/// <summary><c>member</c>: one training of a study in a process of its own, which <c>variance</c> starts; hidden from users.</summary>
internal static class MemberCommand
{
    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var study = new Option<string>("--study") { Description = "The study's folder.", Required = true };
        var member = new Option<string>("--member") { Description = "The member's folder in it.", Required = true };
        var data = CommonOptions.Data();
        var command = new Command("member", "One training of a study.") { study, member, data };
        command.Hidden = true;
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
            Run(surroundings, result.GetValue(study)!, result.GetValue(member)!, result.GetValue(data))));
        return command;
    }

    private static int Run(Surroundings surroundings, string path, string name, string? data)
    {
        var folder = StudyFolders.Existing(surroundings, path);
        var plan = new StudyPlan(StudyInput.Load(surroundings with { Error = TextWriter.Null }, folder.StudyPath, []));
        var member = plan.Members.FirstOrDefault(member => member.Folder == name)
            ?? throw new WrongInputException($"--member {name}: the study has no such member");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(surroundings.Stop);
        StandardInput.WhenItEnds(stop.Cancel);
        var contexts = new StudyContexts(
            spec => SpecInput.LoadData(surroundings, spec, data), spec => SpecInput.Math(surroundings).Select(spec.Math).Create);
        var engine = new LocalEngine(new EngineOptions { Workers = 1 }, surroundings.Time);
        var end = contexts.Trainer(engine).Train(member, new RunFolder(folder.Of(member)), stop.Token);
        if (end.IsOver) return ExitCode.Done; // Diverging is an end as well: the folder says it.
        surroundings.Error.WriteLine(end.Words(member.Folder));
        return end is SessionEnd.Interrupted ? ExitCode.Interrupted : ExitCode.Failed;
    }
}

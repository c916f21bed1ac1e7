using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Node.Nodes;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Commands;

/// <summary><c>results RUN [FILE] [--out DIR]</c>: brings the folder of a cluster's run, or one file of it.</summary>
internal static class ResultsCommand
{
    // A run that is at work drops old checkpoints: then it is looked again what there is.
    private const int MostLooks = 5;

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var run = new Argument<string>("RUN") { Description = "A run's name, as status lists it." };
        var file = new Argument<string?>("FILE") { Description = "One file, such as summary.json or report.html. None: all of them.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "Folder to write to; made if need be. Without it: one of the run's name, or the current one for a FILE.", HelpName = "DIR" };
        var server = ServerOption.Create();
        var command = new Command("results", "Bring the folder of a cluster's run, or one file of it, from wherever its server is.") { run, file, output, server };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            using var cluster = ServerOption.Connect(surroundings, result.GetValue(server));
            var (name, one, target) = (result.GetValue(run)!, result.GetValue(file), result.GetValue(output));
            return one is null ? BringAll(surroundings, cluster, name, target ?? name) : BringOne(surroundings, cluster, name, one, target ?? ".");
        }));
        return command.With(
            "results fashion-mnist-pgd                             the whole folder, into ./fashion-mnist-pgd",
            "results fashion-mnist-pgd report.html                 one file of it",
            "results fashion-mnist-pgd --out runs/from-cluster --server http://10.0.0.5:4080/");
    }

    private static int BringOne(Surroundings surroundings, ClusterClient cluster, string run, string file, string output)
    {
        var names = cluster.Files(run).Select(one => one.Name).ToList();
        if (!names.Contains(file, StringComparer.Ordinal)) throw KeptFile.Unknown(file, names);
        var folder = surroundings.PathOf(output);
        var path = Path.Combine(folder, Path.GetFileName(file));
        if (Path.Exists(path)) throw new WrongInputException($"{Shown(surroundings, path)}: is there already; choose another folder with --out");
        Write(cluster, run, file, path);
        surroundings.Out.WriteLine($"{Shown(surroundings, path)}: {new FileInfo(path).Length} bytes of {run}");
        return ExitCode.Done;
    }

    private static int BringAll(Surroundings surroundings, ClusterClient cluster, string run, string output)
    {
        var kept = cluster.Run(run).Run;
        var folder = surroundings.PathOf(output);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new WrongInputException($"{output}: is there already, and not empty; choose another folder with --out");
        for (var look = 1; !TryBring(cluster, run, folder); look++)
            if (look == MostLooks) throw new ClusterException($"{run}: its files change faster than they can be brought; stop it first, or bring one file");
        surroundings.Out.WriteLine($"{Shown(surroundings, folder)}: {Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count()} files of {run}, which is {kept.Words}");
        var summary = new RunFolder(folder);
        var problems = kept.IsOver && File.Exists(summary.SummaryPath) ? SummaryFile.Problems(summary) : [];
        foreach (var problem in problems) surroundings.Error.WriteLine($"error: {problem}");
        return problems.Count == 0 ? ExitCode.Done : ExitCode.Difference;
    }

    private static bool TryBring(ClusterClient cluster, string run, string folder)
    {
        try
        {
            foreach (var file in cluster.Files(run)) Write(cluster, run, file.Name, PathIn(folder, file.Name));
            return true;
        }
        catch (WrongInputException)
        {
            cluster.Run(run); // unless it is the run that is gone
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            return false;
        }
    }

    private static void Write(ClusterClient cluster, string run, string file, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => cluster.Bring(run, file, stream));
    }

    // Names come from another machine: nothing is written outside the folder that the user chose.
    private static string PathIn(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path : throw new ClusterException($"the server names a file '{name}', which is outside the run's folder");
    }

    private static string Shown(Surroundings surroundings, string path) => RunFolders.Shown(surroundings, path);
}

using System.CommandLine;
using System.Text;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>logs RUN [--follow]</c>: what a cluster's servers said of a run.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var run = new Argument<string>("RUN") { Description = "A run's name, as status lists it." };
        var follow = new Option<bool>("--follow") { Description = "Go on with what is said from now on, until the run has ended or you interrupt." };
        var server = ServerOption.Create();
        var command = new Command("logs", "Show what a cluster's servers said of a run: how it went on, which workers came and went, what failed.") { run, follow, server };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            using var cluster = ServerOption.Connect(surroundings, result.GetValue(server));
            var name = result.GetValue(run)!;
            var isFollowed = result.GetValue(follow);
            var isAtWork = cluster.Run(name).Run.IsInLine;
            var shown = Show(surroundings, cluster, name, 0);
            if (shown == 0 && !isFollowed) surroundings.Out.WriteLine($"Nothing was said of {name} yet.");
            while (isFollowed && isAtWork && !surroundings.Stop.WaitHandle.WaitOne(Pause))
            {
                isAtWork = cluster.Run(name).Run.IsInLine;
                shown += Show(surroundings, cluster, name, shown);
            }

            return ExitCode.Done;
        }));
        return command.With("logs fashion-mnist-pgd", "logs fashion-mnist-pgd --follow");
    }

    private static long Show(Surroundings surroundings, ClusterClient cluster, string run, long from)
    {
        if (cluster.Files(run).All(file => file.Name != RunLog.FileName)) return 0;
        using var text = new MemoryStream();
        var came = cluster.Bring(run, RunLog.FileName, text, from);
        surroundings.Out.Write(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
        return came;
    }
}

using System.Diagnostics;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Commands;

/// <summary>
/// Trains a run of a study in a child of this program. One that dies is started again and goes on where its folder stands;
/// one whose standard input ends saves its state and leaves.
/// </summary>
/// <param name="study">The study's folder.</param>
/// <param name="data">Arguments that name the data folder, or none.</param>
/// <param name="say">Told a line of children that die.</param>
internal sealed class ProcessTrainer(string study, IReadOnlyList<string> data, Action<string> say) : IRunTrainer
{
    private const int MostDeaths = 5;

    public SessionEnd Train(StudyRun run, RunFolder folder, CancellationToken stop)
    {
        for (var deaths = 0; ;)
        {
            if (RunSession.Ended(folder) is { } ended) return ended;
            if (stop.IsCancellationRequested) return new SessionEnd.Interrupted(null);
            var (code, last) = Child(run, stop);
            if (code == ExitCode.Interrupted) return new SessionEnd.Interrupted(null);
            if (code is ExitCode.WrongInput or ExitCode.Failed || (code != ExitCode.Done && ++deaths >= MostDeaths))
                throw new WorkerFailedException($"{run}: its process ended with exit code {code}: {last}");
            if (code != ExitCode.Done) say($"{run}: its process ended (exit code {code}) and is started again");
        }
    }

    private (int Code, string Last) Child(StudyRun run, CancellationToken stop)
    {
        var command = ThisProgram.With(["member", "--study", study, "--member", run.Folder, .. data]);
        using var process = new Process { StartInfo = ProgramStart.Of(command) };
        var last = "";
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => last = line.Data is { Length: > 0 } text ? text : last;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using (stop.Register(() => Release(process)))
            process.WaitForExit();
        return (process.ExitCode, last);
    }

    private static void Release(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            // It has ended already.
        }
    }
}

using System.Diagnostics;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Processes;

/// <summary>How a program of ours is started: its three streams are read and written by who starts it.</summary>
public static class ProgramStart
{
    /// <summary>Of a command with its arguments and its environment.</summary>
    public static ProcessStartInfo Of(ProgramCommand command)
    {
        var start = new ProcessStartInfo(command.File)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in command.Arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        return start;
    }
}

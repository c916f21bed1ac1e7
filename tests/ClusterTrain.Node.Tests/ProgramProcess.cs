using System.Diagnostics;
using System.Globalization;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests;

/// <summary>The program as a process of its own, to be killed.</summary>
internal sealed class ProgramProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public ProgramProcess(string folder, params string[] args)
        : this(folder, [], args)
    {
    }

    /// <param name="variables">Environment variables beside the tests' own.</param>
    public ProgramProcess(string folder, IEnumerable<(string Name, string Value)> variables, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var arg in (string[])[typeof(CommandLine).Assembly.Location, .. args]) start.ArgumentList.Add(arg);
        start.Environment.Remove("CLUSTERTRAIN_DATA");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        _process = Process.Start(start)!;
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Waits until something is on disk; the program must still be running then.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.False(_process.HasExited, _process.HasExited ? $"the program ended too early: {_error.Result}" : "");
            Assert.True(watch.Elapsed < Patience, "the program does not come to where it should be killed");
            Thread.Sleep(5);
        }
    }

    public void Kill()
    {
        _process.Kill();
        Exit();
    }

    /// <summary>Sends a signal by its name, as a terminal or a service manager does.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public Outcome Exit()
    {
        Assert.True(_process.WaitForExit(Patience), "the program does not end");
        return new Outcome(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}

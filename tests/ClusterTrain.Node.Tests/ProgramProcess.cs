using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests;

/// <summary>The program as a process of its own, to be killed.</summary>
internal sealed class ProgramProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public ProgramProcess(string folder, params string[] args)
        : this(folder, [], args)
    {
    }

    /// <param name="variables">Environment variables beside the tests' own.</param>
    public ProgramProcess(string folder, IEnumerable<(string Name, string Value)> variables, params string[] args)
        : this(folder, variables, [], args)
    {
    }

    /// <param name="prefix">Words of another program that starts this one.</param>
    public ProgramProcess(
        string folder, IEnumerable<(string Name, string Value)> variables, IReadOnlyList<string> prefix, IEnumerable<string> args)
    {
        string[] words = [.. prefix, "dotnet", typeof(CommandLine).Assembly.Location, .. args];
        var start = new ProcessStartInfo(words[0])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var arg in words[1..]) start.ArgumentList.Add(arg);
        start.Environment.Remove("CLUSTERTRAIN_DATA");
        start.Environment[UserFolder.Variable] = UserFolder.Path;
        start.Environment["CLUSTERTRAIN_CACHE"] = Path.Combine(UserFolder.Path, "cache");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Hear(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until something is on disk; the program must still be running then.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.False(_process.HasExited, _process.HasExited ? $"the program ended too early: {Text(_error)}" : "");
            Assert.True(watch.Elapsed < Patience, $"the program does not come to where it is waited for; it said: {Text(_output)}{Text(_error)}");
            Thread.Sleep(25);
        }
    }

    /// <summary>Waits until it has said something; it must still be running then.</summary>
    public void WaitUntilSaid(string text) => WaitUntil(() => Text(_output).Contains(text, StringComparison.Ordinal));

    /// <summary>How often it has said something.</summary>
    public int CountOf(string text) => CountOf(_output, text);

    /// <summary>How often it has complained of something.</summary>
    public int ErrorCountOf(string text) => CountOf(_error, text);

    /// <summary>What it has said so far.</summary>
    public string Out => Text(_output);

    /// <summary>What it has complained of so far.</summary>
    public string Error => Text(_error);

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

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
        Assert.True(_process.WaitForExit(Patience), $"the program does not end: {Text(_output)}{Text(_error)}");

        // Now it has ended, what it said is still on its way.
        _process.WaitForExit();
        return new Outcome(_process.ExitCode, Text(_output), Text(_error));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static void Hear(StringBuilder heard, string? line)
    {
        if (line is null) return;
        lock (heard) heard.Append(line).Append('\n');
    }

    private static int CountOf(StringBuilder heard, string text) =>
        Text(heard).Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    private static string Text(StringBuilder heard)
    {
        lock (heard) return heard.ToString();
    }
}

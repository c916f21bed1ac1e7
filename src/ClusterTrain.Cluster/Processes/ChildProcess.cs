using System.Diagnostics;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Processes;

/// <summary>
/// A worker process of ours. It ends by itself when its standard input does, so that it cannot outlive who started it.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly Queue<string> _last = new();

    /// <param name="command">How to start it.</param>
    /// <param name="name">The worker's name.</param>
    /// <param name="say">Told what it says on standard error.</param>
    /// <param name="ended">Called when it ends, however it does, on any thread.</param>
    public ChildProcess(ProgramCommand command, string name, Action<string> say, Action<ChildProcess> ended)
    {
        Name = name;
        _process = new Process { StartInfo = ProgramStart.Of(command), EnableRaisingEvents = true };
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, say);
        _process.OutputDataReceived += (_, line) => Hear(line.Data, say);
        _process.Exited += (_, _) => ended(this);
        _process.Start();
        Pid = _process.Id;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public string Name { get; }

    public int Pid { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines that it said.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_last) return [.. _last];
        }
    }

    /// <summary>Asks it to end: closes its standard input.</summary>
    public void Release()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }
    }

    public void WaitOrKill(TimeSpan patience)
    {
        if (_process.WaitForExit(patience)) return;
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose() => _process.Dispose();

    private void Hear(string? line, Action<string> say)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_last)
        {
            _last.Enqueue(line);
            if (_last.Count > 5) _last.Dequeue();
        }

        say($"{Name}: {line}");
    }
}

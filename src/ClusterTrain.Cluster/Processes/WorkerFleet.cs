using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Processes;

/// <summary>
/// Keeps a number of worker processes alive: one that dies is started again, one that leaves by itself is let go unless
/// it was the last. Where they die again and again as soon as they start, and no step is made meanwhile, it gives up.
/// </summary>
public sealed class WorkerFleet : IDisposable
{
    // Workers that die this often each before anything is done will go on dying.
    private const int MostEarlyDeaths = 5;
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ChildProcess Process, long Started)> _children = new(StringComparer.Ordinal);
    private readonly FleetOptions _options;
    private readonly Action<DeskInput> _post;
    private readonly TimeProvider _time;
    private int _earlyDeaths;
    private long _steps;
    private bool _isOver;

    /// <param name="options">Which processes.</param>
    /// <param name="post">Told of a worker whose process is gone.</param>
    /// <param name="time">The clock.</param>
    public WorkerFleet(FleetOptions options, Action<DeskInput> post, TimeProvider time)
    {
        (_options, _post, _time) = (options, post, time);
        for (var number = 1; number <= options.Workers; number++) Start($"worker-{number}");
    }

    /// <summary>Why the run cannot go on, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>From now on nobody is started again: the workers are told elsewhere that it is over.</summary>
    public void LetGo()
    {
        lock (_gate) _isOver = true;
    }

    public void Dispose()
    {
        List<ChildProcess> children;
        lock (_gate)
        {
            _isOver = true;
            children = [.. _children.Values.Select(child => child.Process)];
        }

        children.ForEach(child => child.Release());
        children.ForEach(child => child.WaitOrKill(Farewell));
        children.ForEach(child => child.Dispose());
        File.Delete(_options.ProcessesPath);
    }

    private void Start(string name)
    {
        lock (_gate)
        {
            if (_isOver) return;
            var child = new ChildProcess(_options.Command(name), name, _options.Say, Ended);
            _children[name] = (child, _time.GetTimestamp());
            WriteFile();
        }
    }

    private void Ended(ChildProcess child)
    {
        _post(new DeskInput.Lost(child.Name));
        lock (_gate)
        {
            if (_isOver || !_children.Remove(child.Name, out var entry)) return;
            var lived = _time.GetElapsedTime(entry.Started);
            var isShutOut = _options.IsShutOut(child.Name);
            if (_options.Steps() is var steps && steps != _steps) (_steps, _earlyDeaths) = (steps, 0);
            if (child.ExitCode == WorkerExit.Refused && !isShutOut)
                Failure ??= new WorkerFailedException($"{child.Name} is not fit for the run: {string.Join("; ", child.LastLines)}");
            else if (lived < Early && !isShutOut && child.ExitCode != 0 && ++_earlyDeaths >= MostEarlyDeaths * _options.Workers)
                Failure ??= new WorkerFailedException(
                    $"workers end as soon as they start (the last with exit code {child.ExitCode}): {string.Join("; ", child.LastLines)}");
            if (isShutOut && _children.Count == 0) Failure ??= new WorkerFailedException($"{child.Name} computed wrongly, and no other worker is left");
            if (Failure is not null) return;
            if (isShutOut || (child.ExitCode == 0 && _children.Count > 0))
            {
                WriteFile();
                _options.Say($"{child.Name} has left; {_children.Count} workers go on");
                return;
            }
        }

        Start(child.Name);

        // Not before: who hears it and looks into processes.json must not find the dead one.
        _options.Say($"{child.Name} ended (exit code {child.ExitCode}) and is started again");
        child.Dispose();
    }

    private void WriteFile() => ProcessesFile.Write(
        _options.ProcessesPath,
        [
            new RunningProcess(Environment.ProcessId, "server", "server", _options.Server),
            .. _children.Values.Select(child => new RunningProcess(child.Process.Pid, "worker", child.Process.Name, _options.Server)),
        ]);
}

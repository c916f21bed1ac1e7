using System.Collections.Concurrent;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Line;

/// <summary>
/// The runs that a cluster was given: those that wait or run, in their order, and those that have ended. Each one's state is in
/// its folder, so that whichever node becomes the server goes on where the last one was. Any thread may call.
/// </summary>
/// <param name="folder">Holds the runs' folders; need not exist.</param>
/// <param name="time">The clock.</param>
internal sealed class RunLine(string folder, TimeProvider time)
{
    private const string ElsewhereWhy = "its files are on a server that is not here";
    private readonly Lock _gate = new();

    // What could not be written yet: the folder's disk is full, perhaps. It counts all the same.
    private readonly Dictionary<string, KeptRun> _unwritten = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime Written, KeptRun Run)> _read = new(StringComparer.Ordinal);

    // What other servers said of runs whose files are not here.
    private readonly Dictionary<string, KeptRun> _elsewhere = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> _held = new(StringComparer.Ordinal);

    public string Folder { get; } = folder;

    /// <summary>Told of each change that is made here, in their order; completes when other servers know. Must not block.</summary>
    public Func<KeptRun, Task>? Changed { get; set; }

    /// <summary>Completes when other servers know of the last change.</summary>
    public Task Known { get; private set; } = Task.CompletedTask;

    /// <summary>Every run, by name.</summary>
    public IReadOnlyList<KeptRun> All()
    {
        lock (_gate)
            return [.. Here().Concat(_elsewhere.Values.Select(Elsewhere)).OrderBy(run => run.Run, StringComparer.Ordinal)];
    }

    /// <summary>The runs whose files are in this folder.</summary>
    public IReadOnlyList<KeptRun> Here()
    {
        lock (_gate)
        {
            foreach (var late in _unwritten.Values.ToList()) TryPut(late);
            return !Directory.Exists(Folder) ? []
                : [.. Directory.EnumerateDirectories(Folder).Select(path => Look(Path.GetFileName(path))).OfType<KeptRun>()];
        }
    }

    /// <summary>The runs that wait or run, first come first: those that can be carried here.</summary>
    public IReadOnlyList<KeptRun> InLine() =>
        [.. Here().Where(run => run.IsInLine && !_held.ContainsKey(run.Run)).OrderBy(run => run.Place).ThenBy(run => run.Run, StringComparer.Ordinal)];

    /// <summary>Keeps a run from being carried here, until <see cref="Release"/>.</summary>
    public void Hold(string name) => _held[name] = true;

    public void Release(string name) => _held.TryRemove(name, out _);

    /// <exception cref="WrongInputException">There is no such run.</exception>
    public KeptRun Get(string name)
    {
        lock (_gate)
        {
            var run = Find(name) ?? throw Unknown(name);
            return _elsewhere.ContainsKey(name) ? Elsewhere(run) : run;
        }
    }

    /// <summary>The folder of a run of this name.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Takes a run in; its name, which is the spec's with a number where that is taken.</summary>
    /// <exception cref="FileFailureException">The folder cannot be written; nothing was taken in.</exception>
    public string Add(RunSpec spec)
    {
        lock (_gate)
        {
            var name = Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? spec.Name : $"{spec.Name}-{number}")
                .First(candidate => !Path.Exists(PathOf(candidate)) && !_elsewhere.ContainsKey(candidate));
            try
            {
                var text = SpecWriter.Write(spec);
                new RunFolder(PathOf(name)).Create(text);
                Write(new KeptRun { Run = name, State = KeptState.Queued, Place = LastPlace() + 1, Spec = Sha256Hex.Of(text)[..16] });
                return name;
            }
            catch (FileFailureException)
            {
                if (Directory.Exists(PathOf(name))) Directory.Delete(PathOf(name), recursive: true);
                throw;
            }
        }
    }

    /// <summary>Takes in a run again that was stopped, cancelled or failed.</summary>
    /// <exception cref="WrongInputException">There is no such run, or it is in the line, or over.</exception>
    public void AddAgain(string name)
    {
        lock (_gate)
        {
            var kept = Find(name) ?? (IsName(name) && File.Exists(new RunFolder(PathOf(name)).SpecPath)
                ? new KeptRun { Run = name, State = KeptState.Interrupted } : throw Unknown(name));
            if (kept.IsInLine) throw new WrongInputException($"{name}: is in the line already ({kept.Words})");
            var end = kept.IsOver ? kept.Words : RunSession.Ended(new RunFolder(PathOf(name)))?.State;
            if (end is not null)
                throw new WrongInputException($"{name}: is {end}, and stays so; allowed are runs that were interrupted, cancelled or failed");
            Write(kept with { State = KeptState.Queued, Place = LastPlace() + 1, Why = null, Advice = null });
        }
    }

    /// <summary>Takes a run out of the line: one that waits is cancelled, one at work interrupted. Its new state.</summary>
    /// <exception cref="WrongInputException">There is no such run, or it has ended.</exception>
    public KeptRun Stop(string name)
    {
        lock (_gate)
        {
            var kept = Find(name) ?? throw Unknown(name);
            if (!kept.IsInLine) throw new WrongInputException($"{name}: is {kept.Words}; allowed are runs that are queued or running");
            return Write(kept with { State = kept.State == KeptState.Queued ? KeptState.Cancelled : KeptState.Interrupted });
        }
    }

    /// <summary>A server takes a run up. Null when it is not in the line any more.</summary>
    public KeptRun? Begin(string name)
    {
        lock (_gate)
        {
            // Another server may have written the folder a moment ago: what is remembered does not count.
            _read.Remove(name);
            if (Find(name) is not { IsInLine: true } kept) return null;
            Keep(kept with { State = KeptState.Running });
            return kept;
        }
    }

    /// <summary>A session of a server has begun, with this number.</summary>
    public void Count(string name, int incarnation)
    {
        lock (_gate)
            if (Find(name) is { } kept)
                Keep(kept with { Incarnation = Math.Max(kept.Incarnation, incarnation) });
    }

    /// <summary>
    /// What another server says of a run counts when it is newer than what is known here. Where the run's files are not here,
    /// it is known and cannot be carried.
    /// </summary>
    public void Hear(KeptRun other)
    {
        lock (_gate)
        {
            if (!IsName(other.Run)) return;
            if (_elsewhere.Remove(other.Run, out var before) && before.Clock > other.Clock) other = before;
            if (Look(other.Run) is not { } own) _elsewhere[other.Run] = other;
            else if (own.Clock < other.Clock && !own.IsOtherThan(other)) TryPut(other);
        }
    }

    /// <summary>The run that is at work here goes on, whatever a server that could not know it says: that one is told so.</summary>
    public void Insist(KeptRun other)
    {
        lock (_gate)
            if (Find(other.Run) is { State: KeptState.Running } own && own.Clock < other.Clock && !own.IsOtherThan(other))
                Keep(own with { Revision = other.Revision });
    }

    /// <summary>Whether a run is at work, and nobody wants it to stop.</summary>
    public bool IsRunning(string name)
    {
        lock (_gate) return Find(name) is { State: KeptState.Running };
    }

    /// <summary>A server lets go of a run that is to go on: it keeps its place.</summary>
    public void HandOver(string name)
    {
        lock (_gate)
            if (Find(name) is { State: KeptState.Running } kept)
                Keep(kept with { State = KeptState.Queued });
    }

    /// <summary>A server is done with a run. What a user asked for meanwhile stays, unless the run has its result.</summary>
    public void End(string name, KeptState state, string? why = null, string? advice = null)
    {
        lock (_gate)
        {
            if (Find(name) is not { } kept) return;
            var isTakenInAgain = kept.State == KeptState.Queued && state is KeptState.Interrupted or KeptState.Failed;
            if (isTakenInAgain || (kept.State == KeptState.Interrupted && state == KeptState.Interrupted)) return;
            Keep(kept with { State = state, Why = why, Advice = advice });
        }
    }

    private static KeptRun Elsewhere(KeptRun run) => run with { Why = run.Why ?? ElsewhereWhy };

    // Names come from users: only a folder directly in this one is meant.
    private static bool IsName(string name) => name.Length > 0 && name is not ("." or "..") && name == Path.GetFileName(name) && !name.Any(char.IsControl);

    private KeptRun? Find(string name) => IsName(name) ? Look(name) ?? _elsewhere.GetValueOrDefault(name) : null;

    private KeptRun? Look(string name)
    {
        if (_unwritten.TryGetValue(name, out var late)) return late;
        var path = Path.Combine(PathOf(name), KeptRun.FileName);
        var written = File.GetLastWriteTimeUtc(path);
        if (_read.TryGetValue(name, out var known) && known.Written == written) return known.Run;
        if (KeptRun.Read(PathOf(name)) is not { } kept)
        {
            _read.Remove(name);
            return null;
        }

        _read[name] = (written, kept);
        return kept;
    }

    private KeptRun Write(KeptRun kept)
    {
        var next = Next(kept);
        Put(next);
        Known = Changed?.Invoke(next) ?? Task.CompletedTask;
        return next;
    }

    // For what has happened, whether it can be written or not.
    private void Keep(KeptRun kept)
    {
        var next = Next(kept);
        TryPut(next);
        Known = Changed?.Invoke(next) ?? Task.CompletedTask;
    }

    private void TryPut(KeptRun kept)
    {
        try
        {
            Put(kept);
        }
        catch (FileFailureException)
        {
            _unwritten[kept.Run] = kept;
        }
    }

    private void Put(KeptRun kept)
    {
        if (_elsewhere.ContainsKey(kept.Run))
        {
            _elsewhere[kept.Run] = kept;
            return;
        }

        kept.Write(PathOf(kept.Run));
        _unwritten.Remove(kept.Run);
        _read.Remove(kept.Run);
    }

    private KeptRun Next(KeptRun kept) => kept with { Revision = kept.Revision + 1, Since = time.GetUtcNow() };

    private long LastPlace() => All().Select(run => run.Place).DefaultIfEmpty(0).Max();

    private WrongInputException Unknown(string name)
    {
        var names = All().Select(run => run.Run).ToList();
        return new WrongInputException($"{name}: there is no such run{(names.Count == 0 ? "; the cluster has none yet" : NearestName.Hint(name, names))}");
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using ClusterTrain.Actors.Register;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Copies;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// Lets a server know the runs of the others, and have copies of them in its own folder: which runs there are and how they stand
/// by the register, their files over the plane. Servers that share one folder have nothing to copy. On a thread of its own.
/// </summary>
internal sealed class RunFollower : IDisposable
{
    // How long submit waits for another server to have the spec: as long as a server that has died may still be taken for a living one.
    private static readonly TimeSpan SubmitPatience = TimeSpan.FromSeconds(10);

    private const string RunPrefix = "run ";
    private const string ServerPrefix = "server ";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    // Rounds in which a server cannot be asked, before that is said: one that died is put out by then.
    private const int Misses = 60;

    private readonly ILogger _log;
    private readonly RunLine _line;
    private readonly ServerRegister _register;
    private readonly LateNode _node;
    private readonly Credentials _credentials;
    private readonly Func<string, string?> _whyNot;
    private readonly string _folder;
    private readonly AutoResetEvent _news = new(false);
    private readonly Dictionary<string, long> _whole = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _taken = new(StringComparer.Ordinal);
    private readonly Thread _thread;
    private CancellationTokenSource _transfer = new();
    private volatile bool _isOver;
    private IReadOnlyList<string> _met = [];
    private volatile string? _said;
    private volatile bool _isTroubled;
    private int _misses;

    /// <exception cref="FileFailureException">The folder of runs cannot be written.</exception>
    /// <param name="whyNot">Why a run with the spec of this path could not be carried here; null when it could.</param>
    public RunFollower(ILogger log, RunLine line, ServerRegister register, LateNode node, Credentials credentials, Func<string, string?> whyNot)
    {
        (_log, _line, _register, _node, _credentials, _whyNot) = (log, line, register, node, credentials, whyNot);
        _folder = FolderId.Of(line.Folder);
        _thread = new Thread(Work) { Name = "copies", IsBackground = true };
        line.Changed = Tell;
        register.Changed = () => _news.Set();
    }

    /// <summary>Begins to follow; the node is in its cluster.</summary>
    /// <param name="address">The node's host:port in the cluster.</param>
    /// <param name="plane">Address of its plane.</param>
    /// <param name="time">The clock.</param>
    public void Start(string address, string plane, TimeProvider time)
    {
        var here = new ServerEntry(plane, _folder);
        _ = _register.Put(ServerPrefix + address, new Agreed(time.GetUtcNow().ToUnixTimeMilliseconds(), JsonSerializer.Serialize(here, RegisterJson.Default.ServerEntry)));
        foreach (var run in _line.Here()) _ = Tell(run);
        _thread.Start();
    }

    /// <summary>This node becomes the active server: what is on its way must not hold it up.</summary>
    public void Interrupt() => Interlocked.Exchange(ref _transfer, new CancellationTokenSource()).Cancel();

    /// <summary>Brings what another server has of a run and this one has not. Only for who has the run's claim.</summary>
    public void CatchUp(string run)
    {
        HearOfTheLine();
        foreach (var plane in Others())
            Guarded(run, () => Copy(plane, run, source =>
            {
                new RunCopy(new RunFolder(_line.PathOf(run)), source).Follow();
                return true;
            }));
    }

    /// <summary>Another server has a run's spec and state on its disk.</summary>
    public void Taken(string run) => _taken.GetOrAdd(run, _ => new TaskCompletionSource()).TrySetResult();

    /// <summary>Whether another server has a run's spec, or there is none to have it, at the latest after a time; that one may be unable to fetch it.</summary>
    public async Task<bool> WaitUntilTaken(string run)
    {
        var taken = _taken.GetOrAdd(run, _ => new TaskCompletionSource()).Task;

        // A server that has come a moment ago may not have said yet whether it has a folder of its own.
        bool CanBeTaken() => Servers().Any(server => server is null || server.Folder != _folder);
        for (var waited = TimeSpan.Zero; waited < SubmitPatience && CanBeTaken(); waited += Glance)
            if (await Task.WhenAny(taken, Task.Delay(Glance)).ConfigureAwait(false) == taken)
                return true;
        return !CanBeTaken();
    }

    public void Dispose()
    {
        _isOver = true;
        Interrupt();
        _news.Set();

        // Whom it asks may not answer any more; what it has in its hands is whole at every moment.
        if (!_thread.IsAlive || _thread.Join(Farewell)) _news.Dispose();
    }

    private Task Tell(KeptRun run) => _register.Put(
        RunPrefix + run.Run, new Agreed(run.Clock, JsonSerializer.Serialize(new RunEntry(_folder, run), RegisterJson.Default.RunEntry)));

    private void Work()
    {
        while (!_isOver)
        {
            try
            {
                SaidRound();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Say(failure.Message);
            }

            _news.WaitOne(Pause);
        }
    }

    // What is in the way of copies is said when it begins, whatever follows from it for each run and each file, and when it is over.
    private void SaidRound()
    {
        _isTroubled = false;
        Round();
        if (_isTroubled || _said is null) return;
        NodeLog.CanCopyAgain(_log);
        _said = null;
    }

    // What is known already of runs that are here need not wait for what is to be copied: their last session's number above all.
    private void HearOfTheLine()
    {
        foreach (var run in Said())
            if (IsAtHand(run)) _line.Insist(run);
            else if (run.IsInLine && KeptRun.Read(_line.PathOf(run.Run)) is not null)
                _line.Hear(run);
    }

    private bool IsAtHand(KeptRun run) => !run.IsOver && _node.Duty is { IsActive: true, Current: { } current } && current.Run == run.Run;

    // What the other servers said last of each run.
    private IEnumerable<KeptRun> Said() => _register.Entries.Where(entry => entry.Key.StartsWith(RunPrefix, StringComparison.Ordinal))
        .Select(entry => JsonSerializer.Deserialize(entry.Value.Text, RegisterJson.Default.RunEntry))
        .Where(said => said is not null && said.Folder != _folder).Select(said => said!.Run);

    private void Round()
    {
        HearOfTheLine();
        var isActive = _node.Duty is { IsActive: true };
        if (!isActive) _node.Duty?.WatchOwner();
        var others = Others();
        if (!isActive && _node.LocateServer().GetAwaiter().GetResult() is { } active)
            others = [.. others.Where(plane => plane == active), .. others.Where(plane => plane != active)];
        if (isActive) Overtake(others);
        foreach (var run in Said())
        {
            if (_isOver) return;
            Follow(run, isActive, others);
        }
    }

    // A server that comes back may be further with a run than this one is: what it has need not be computed.
    private void Overtake(IReadOnlyList<string> others)
    {
        foreach (var plane in others.Except(_met, StringComparer.Ordinal))
            foreach (var run in _line.InLine())
                Guarded(run.Run, () => Copy(plane, run.Run, source => Overtake(run.Run, source)));
        _met = others;
    }

    private bool Overtake(string run, IRunSource source)
    {
        var (copy, current) = (new RunCopy(new RunFolder(_line.PathOf(run)), source), _node.Duty!.Current);
        var here = Math.Max(copy.Latest, current?.Run == run ? current.Tracker.Snapshot.Step : -1);
        if (copy.LatestOfOriginal() <= here) return false;
        _line.Hold(run);
        try
        {
            _node.Duty.LetGo(run);
            using var claim = Claim(_line.PathOf(run), isWaitedFor: true);
            if (claim is not null) copy.Follow();
            return claim is not null;
        }
        finally
        {
            _line.Release(run);
        }
    }

    private void Follow(KeptRun run, bool isActive, IReadOnlyList<string> others)
    {
        var (path, own) = (_line.PathOf(run.Run), KeptRun.Read(_line.PathOf(run.Run)));
        if (own?.IsOtherThan(run) == true || IsAtHand(run)) return;
        if (own is null && File.Exists(new RunFolder(path).SpecPath))
        {
            // A folder that the cluster did not make is nobody's to write.
            _line.Hear(run);
            return;
        }

        var isWanted = own is null || (run.IsOver && own is not { IsOver: true })
            || (!isActive && (run.IsInLine || _whole.GetValueOrDefault(run.Run) != run.Clock));
        var from = isWanted ? others.FirstOrDefault(plane => TryCopy(plane, run, path)) : null;

        // That a run is over counts once its result is here: were the others to go before, it is computed again.
        var isToCome = run.IsOver && from is null && own is not { IsOver: true } && File.Exists(Path.Combine(path, KeptRun.FileName));
        if (!isToCome) _line.Hear(run);
        _line.Release(run.Run);
        if (from is null || own is not null) return;
        Thank(from, run.Run);

        // While the one that can still serves: when this one takes over it is too late.
        if (run.IsInLine && _whyNot(new RunFolder(path).SpecPath) is { } why) NodeLog.CannotCarry(_log, run.Run, why);
    }

    private bool TryCopy(string plane, KeptRun run, string path) => Guarded(run.Run, () => Copy(plane, run.Run, source =>
    {
        if (run.IsOver && !HasEnd(source)) return false;

        // What is carried here is over there: the rest need not be computed.
        if (run.IsOver) _line.Hold(run.Run);
        if (run.IsOver) _node.Duty!.LetGo(run.Run);
        Directory.CreateDirectory(path);
        using var claim = Claim(path, isWaitedFor: run.IsOver);
        if (claim is null) return false;
        var (folder, copy) = (new RunFolder(path), new RunCopy(new RunFolder(path), source));

        // With its spec it can be carried: until more is here, from its beginning.
        copy.Begin();
        if (KeptRun.Read(path) is null) (run with { State = KeptState.Queued, Revision = 0 }).Write(path);
        if (run.IsInLine) copy.Follow(RunLog.FileName);
        else copy.Complete(KeptRun.FileName);
        if (run.IsOver && RunSession.Ended(folder) is null) return false;
        if (!run.IsInLine) _whole[run.Run] = run.Clock;
        return true;
    }));

    private static bool HasEnd(IRunSource source)
    {
        var files = source.Files();
        if (files.ContainsKey(RunFolder.DivergedName)) return true;
        if (!files.ContainsKey(RunFolder.SummaryName)) return false;
        using var summary = new MemoryStream();
        source.Bring(RunFolder.SummaryName, 0, summary);
        return SummaryFile.StatusOf(summary.ToArray()) is RunStatus.Completed or RunStatus.StoppedEarly;
    }

    private RunClaim? Claim(string path, bool isWaitedFor)
    {
        for (var looks = 1; ; looks++)
        {
            if (RunClaim.TryTake(path) is { } claim) return claim;
            if (!isWaitedFor || looks * Glance > Patience || _isOver) return null;
            Thread.Sleep(Glance);
        }
    }

    private T Copy<T>(string plane, string run, Func<IRunSource, T> copy)
    {
        using var client = new ClusterClient(new Uri(plane), _credentials, Patience, NodeRoutes.CopiesPath);
        return copy(new PlaneSource(client, run, _transfer.Token));
    }

    private bool Guarded(string run, Func<bool> copy)
    {
        try
        {
            if (!copy()) return false;
            _misses = 0;
            return true;
        }
        catch (Exception failure) when (failure is ClusterException or WrongInputException or CheckpointException or FileFailureException or JsonException
            || FileFailureException.IsFileFailure(failure))
        {
            var isSaid = failure is not (WrongInputException or ClusterException) || (failure is ClusterException && ++_misses >= Misses);
            if (isSaid) Say($"{run}: {failure.Message}");
            return false;
        }
    }

    private void Thank(string plane, string run)
    {
        try
        {
            using var client = new ClusterClient(new Uri(plane), _credentials, Patience, NodeRoutes.CopiesPath);
            client.Thank(run);
        }
        catch (ClusterException)
        {
            // Who submitted the run waits a moment longer.
        }
    }

    // Planes of the other servers that are in reach and have a folder of their own.
    private List<string> Others() => [.. Servers().OfType<ServerEntry>().Where(server => server.Folder != _folder).Select(server => server.Plane)];

    // What each server in reach has said of itself; null for one that has not yet.
    private IEnumerable<ServerEntry?> Servers() =>
        _node.Members.Where(member => member is { IsReachable: true, Status: "Up" } && member.Roles.Contains(NodeSettings.Server))
            .Select(member => _register.Entries.TryGetValue(ServerPrefix + member.Address, out var entry)
                ? JsonSerializer.Deserialize(entry.Text, RegisterJson.Default.ServerEntry) : null);

    private void Say(string what)
    {
        _isTroubled = true;
        if (_said is not null) return;
        NodeLog.CannotCopy(_log, what);
        _said = what;
    }

    /// <summary>A run's folder on another server.</summary>
    private sealed class PlaneSource(ClusterClient client, string run, CancellationToken stop) : IRunSource
    {
        public IReadOnlyDictionary<string, long> Files() => client.Files(run).ToDictionary(file => file.Name, file => file.Bytes, StringComparer.Ordinal);

        public void Bring(string name, long from, Stream target) => client.Bring(run, name, target, from, stop);
    }
}

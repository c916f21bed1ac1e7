using System.Globalization;
using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Sessions;

/// <summary>Another process has taken the run over: this one must not write it any more.</summary>
public sealed class ClaimLostException(string folder)
    : Exception($"{folder} was taken over by another server while this one showed no life; nothing more is written here")
{
    /// <summary>Whether this is what went wrong.</summary>
    public static bool IsIn(Exception failure) => failure switch
    {
        ClaimLostException => true,
        AggregateException all => all.InnerExceptions.Any(IsIn),
        _ => failure.InnerException is { } inner && IsIn(inner),
    };
}

/// <summary>
/// Shows every second, in a file beside the claim, that the claim's owner lives; and finds out whether there is a newer owner. A
/// lock cannot do this: it stays with a process that is frozen, and cannot be taken back from it.
/// </summary>
internal sealed class OwnerLife : IDisposable
{
    public const string FileName = "claim.life";

    /// <summary>Time between two signs of life.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    // So long after a sign of life nobody can have taken the claim: see OwnerWatch.
    private static readonly TimeSpan Certain = OwnerWatch.Patience / 2;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly string _path;
    private int _number;
    private readonly string _who;
    private readonly FileStream _file;
    private readonly Timer _timer;
    private long _count;
    private long _shownAt;
    private bool _isOver;
    private bool _isLost;

    private OwnerLife(string folder, string who, int number)
    {
        (_folder, _path, _who, _number) = (folder, Path.Combine(folder, FileName), $" {who} ", number);
        _file = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Sign();
        _timer = new Timer(_ => Show(), null, Beat, Beat);
    }

    /// <param name="folder">The run's folder.</param>
    /// <param name="who">The owner's name, which no other has.</param>
    /// <param name="number">The owner's number, greater than that of every owner before it.</param>
    public static OwnerLife Show(string folder, string who, int number) => new(folder, who, number);

    /// <summary>The number of the owner that showed life last, and the whole sign; null when none did.</summary>
    public static (int Number, string Sign)? Read(string folder)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(folder, FileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.ASCII);
            var sign = reader.ReadToEnd();
            return int.TryParse(sign.Split(' ')[0], CultureInfo.InvariantCulture, out var number) ? (number, sign) : null;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            return null;
        }
    }

    /// <summary>Whether there is no newer owner. Costs next to nothing while signs of life can be given.</summary>
    public bool IsNewest()
    {
        if (!Volatile.Read(ref _isLost) && TimeProvider.System.GetElapsedTime(Volatile.Read(ref _shownAt)) < Certain) return true;
        lock (_gate)
        {
            Look();
            return !_isLost;
        }
    }

    /// <summary>Goes on under a greater number.</summary>
    public void Raise(int number)
    {
        lock (_gate)
        {
            Look();
            if (_isLost || number <= _number) return;
            _number = number;
            Sign();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isOver = true;
            Look();
            _file.Dispose();
            if (!_isLost) File.Delete(_path);
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_isOver) return;
            Look();
            try
            {
                if (!_isLost) Sign();
            }
            catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
            {
                // What is to be written finds out by itself that nothing can be.
            }
        }
    }

    // An owner that has ended takes its sign away: without one there has been another, and it is done.
    private void Look()
    {
        if (!File.Exists(_path)) Volatile.Write(ref _isLost, true);
        else if (Read(_folder) is { } newest && (newest.Number > _number
            || (newest.Number == _number && !newest.Sign.Contains(_who, StringComparison.Ordinal)))) Volatile.Write(ref _isLost, true);
    }

    // Always of the same length, so that it needs no room that is not there.
    private void Sign()
    {
        _file.Position = 0;
        _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_number:D10}{_who}{_count++:D10}\n")));
        _file.Flush();
        Volatile.Write(ref _shownAt, TimeProvider.System.GetTimestamp());
    }
}

/// <summary>Watches the owner of a claim, from outside and by its own clock.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="who">Name of who watches, and may become the owner: no other has it.</param>
/// <param name="time">The clock.</param>
public sealed class OwnerWatch(string folder, string who, TimeProvider time)
{
    /// <summary>An owner that shows no life for this long has none, or is kept from it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private string? _last;
    private long _changedAt;

    /// <summary>The run's folder.</summary>
    public string Folder => folder;

    /// <summary>Name of who watches.</summary>
    public string Who => who;

    /// <summary>The number of the owner, when that has shown no life for long enough; null otherwise.</summary>
    public int? SilentOwner()
    {
        if (OwnerLife.Read(folder) is not { } newest) return null;
        if (newest.Sign == _last) return time.GetElapsedTime(_changedAt) >= Patience ? newest.Number : null;
        (_last, _changedAt) = (newest.Sign, time.GetTimestamp());
        return null;
    }
}

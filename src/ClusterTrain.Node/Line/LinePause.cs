namespace ClusterTrain.Node.Line;

/// <summary>
/// Holds the line up while the disk is full: what would only fail is not taken, and there is another look now and then.
/// One thread begins it and looks; any may read <see cref="Why"/>.
/// </summary>
/// <param name="folder">Folder on the disk.</param>
/// <param name="time">The clock.</param>
/// <param name="hasRoom">Whether a folder's disk has room for so many bytes.</param>
internal sealed class LinePause(string folder, TimeProvider time, Func<string, long, bool> hasRoom)
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    // Room that was found and was too little: more is wanted the next time, up to this.
    private const long MostGrowth = 1L << 28;

    private long _wanted;
    private long _lookedAt;

    /// <summary>Why nothing is taken from the line, a line; null when it moves.</summary>
    public string? Why { get; private set; }

    /// <param name="why">What failed.</param>
    /// <param name="needed">Room that is wanted before the next try, in bytes.</param>
    public void Begin(string why, long needed)
    {
        _wanted = Math.Max(needed, Math.Min(2 * _wanted, MostGrowth));
        _lookedAt = time.GetTimestamp();
        Why = why;
    }

    /// <summary>Whether the line moves; looks whether it can again.</summary>
    public bool HasEnded()
    {
        if (Why is null) return true;
        if (time.GetElapsedTime(_lookedAt) < Between) return false;
        _lookedAt = time.GetTimestamp();
        if (!hasRoom(folder, _wanted)) return false;
        Why = null;
        return true;
    }

    /// <summary>A run came through: what it needs is known to be there.</summary>
    public void Forget() => _wanted = 0;
}

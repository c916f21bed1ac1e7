namespace ClusterTrain.Training.Engines;

/// <summary>Whether workers pass parameters on to each other.</summary>
public enum RelayUse
{
    /// <summary>Where it is reckoned to be quicker than the server's link alone.</summary>
    WherePaying,

    Never,

    Always,
}

/// <summary>
/// When parameters are passed on from worker to worker, and how many each sends. None of it can change a bit of the result: what comes
/// from a worker is checked against the server's hash, and the server has everything.
/// </summary>
public sealed record RelayPolicy
{
    /// <summary>Environment variable of a server: auto, on or off.</summary>
    public const string Variable = "CLUSTERTRAIN_RELAYS";

    /// <summary>Bytes a second of the link between two machines; default 125 MB, 1 Gbit/s.</summary>
    public double LinkSpeed { get; init; } = 125e6;

    /// <summary>The same within one machine, where the processor copies; default 1.25 GB.</summary>
    public double LocalSpeed { get; init; } = 1.25e9;

    /// <summary>What passing on once more takes beside the bytes; default 2 ms.</summary>
    public TimeSpan Hop { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Default where it pays.</summary>
    public RelayUse Use { get; init; }

    /// <summary>Times the parameters that the server sends, and each relay; 1 or more, default 3: with three a tree takes the least time.</summary>
    public int FanOut { get; init; } = 3;

    /// <summary>The policy that the variable's text asks for, or a line on what is wrong with it.</summary>
    public static (RelayPolicy? Policy, string? Wrong) Parse(string? text) => text switch
    {
        null or "" or "auto" => (new RelayPolicy(), null),
        "on" => (new RelayPolicy { Use = RelayUse.Always }, null),
        "off" => (new RelayPolicy { Use = RelayUse.Never }, null),
        _ => (null, $"{Variable}: {text} is not allowed; allowed: auto, on, off"),
    };

    /// <summary>Whether passing on is to be used.</summary>
    /// <param name="workers">Workers that get parts of the same version.</param>
    /// <param name="part">Bytes that each of them needs.</param>
    /// <param name="whole">Bytes of all parameters.</param>
    /// <param name="isLocal">Whether all of them are on one machine.</param>
    public bool Pays(int workers, long part, long whole, bool isLocal) => Use switch
    {
        RelayUse.Never => false,
        _ when (double)workers * part <= (double)FanOut * whole => false,
        RelayUse.Always => true,
        _ => Takes(FanOut * whole, workers, isLocal) < workers * part / Speed(isLocal),
    };

    /// <summary>How long a relay is waited for, its own waiting for another one included, before the server is asked.</summary>
    public TimeSpan Patience(int workers, long whole, bool isLocal) =>
        TimeSpan.FromMilliseconds(100) + (2 * TimeSpan.FromSeconds(Takes(FanOut * whole, workers, isLocal)));

    private double Takes(double bytes, int workers, bool isLocal) =>
        Depth(workers) * ((bytes / Speed(isLocal)) + Hop.TotalSeconds);

    private double Depth(int workers) => FanOut == 1 ? workers : Math.Ceiling(Math.Log(Math.Max(2, workers), FanOut));

    private double Speed(bool isLocal) => isLocal ? LocalSpeed : LinkSpeed;
}

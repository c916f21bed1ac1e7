using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Protocol;

/// <summary>
/// Everything that a worker and a server say to each other, on any engine. Any message may be lost, late or doubled: a
/// worker says again what was not answered, and the server takes a repetition for what it is.
/// </summary>
public static class ClusterMessage
{
    /// <summary>Both sides must speak the same one.</summary>
    public const int Version = 6;

    /// <summary>Longest reason that is carried, in characters; a longer one is cut. With it every message fits its frame.</summary>
    public const int MostReason = 4000;

    // From a worker.

    /// <summary>A worker is here and wants a run to work for. Answered by <see cref="Begin"/> once there is one.</summary>
    /// <param name="Worker">Its name, unique in the cluster.</param>
    /// <param name="Roles">What it is meant for.</param>
    /// <param name="Threads">Items it executes at once, 1 or more.</param>
    /// <param name="Protocol">The <see cref="Version"/> it speaks.</param>
    /// <param name="Pid">Number of its process, on its machine.</param>
    /// <param name="Address">Where its node listens; empty for one that does not.</param>
    /// <param name="Zone">Its place, among which tensors should rather not go to and fro; empty where nobody says.</param>
    public sealed record Join(string Worker, WorkerRoles Roles, int Threads, int Protocol, int Pid, string Address, string Zone = "") : IWorkerMessage;

    /// <summary>The worker has the run's spec, data and math; these are their fingerprints.</summary>
    public sealed record Ready(
        string Worker, RunKey Run, string Math, string MathVersion, string Data, string Spec) : IWorkerMessage;

    /// <summary>The worker cannot work for this run.</summary>
    public sealed record Unfit(string Worker, RunKey Run, string Why) : IWorkerMessage
    {
        public string Why { get; init; } = Cut(Why);
    }

    /// <summary>The worker has nothing to do.</summary>
    /// <param name="Worker">Its name.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Failed">Address of a worker that did not give it the parameters that the server sent it for; empty for none.</param>
    /// <param name="Took">Microseconds that a gradient took it, where its sum came with those of others; else 0.</param>
    /// <param name="Keeps">Whether gradients that it was given before are done and on their way in sums; else it has nothing left of what it was given.</param>
    /// <param name="Unheard">Address of a worker that did not answer when it was brought gradients to add to; empty for none.</param>
    public sealed record Ask(string Worker, RunKey Run, string Failed = "", long Took = 0, bool Keeps = false, string Unheard = "") : IWorkerMessage;

    /// <summary>The answer to one chunk of an evaluation: few enough numbers to ride in a message.</summary>
    public sealed record Measured(
        string Worker, RunKey Run, WorkKind Kind, long Version, int Chunk, EvaluationSums Sums) : IWorkerMessage;

    /// <summary>The worker goes; what it holds is free for others.</summary>
    public sealed record Leave(string Worker) : IWorkerMessage;

    // From the server.

    /// <summary>There is a run: get its spec from the plane, and say <see cref="Ready"/>.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Plane">Where its tensors are: <c>http://127.0.0.1:4080/</c>.</param>
    /// <param name="Math">The backend it is computed with: managed or mkl.</param>
    public sealed record Begin(RunKey Run, string Plane, string Math) : IClusterMessage;

    /// <summary>
    /// Do this range. Never longer, however many items it has. In a pipelined run the adversarial rows of shards whose gradient
    /// is wanted are made already, and are to be had from the plane.
    /// </summary>
    /// <param name="Run">The run.</param>
    /// <param name="Kind">What to do.</param>
    /// <param name="Version">Version of the parameters to read.</param>
    /// <param name="Step">The step it is for; for an evaluation, the version that is measured.</param>
    /// <param name="First">First shard or chunk.</param>
    /// <param name="Count">How many, 1 or more.</param>
    /// <param name="From">Address of the plane of a worker that has the parameters, or will have them in a moment; empty for the server.</param>
    /// <param name="Hash">Of all parameters of the version, where it matters; else empty.</param>
    /// <param name="IsRelay">Whether to get all parameters, for others that will ask for them.</param>
    /// <param name="Patience">How long to wait for <paramref name="From"/>, in milliseconds.</param>
    public sealed record Assign(
        RunKey Run, WorkKind Kind, long Version, long Step, int First, int Count,
        string From = "", string Hash = "", bool IsRelay = false, int Patience = 0) : IClusterMessage
    {
        /// <summary>How often the step of the training attack was halved.</summary>
        public int Halvings { get; init; }

        /// <summary>
        /// Whom to bring each block of these shards' gradients to, in their order and with a space between them: the address of the plane of a
        /// worker that adds its own, or - for the server. Empty where all goes to the server and nothing is added.
        /// </summary>
        public string Adders { get; init; } = "";

        /// <summary>Shards of the largest sum that is made on the way, a power of two.</summary>
        public int Most { get; init; }

        /// <summary>How long after this message others' gradients are waited for, in milliseconds.</summary>
        public int Wait { get; init; }

        public WorkRange Range => new(new WorkId(Run.Incarnation, Kind, Step, First), Count, Version) { Halvings = Halvings };

        public static Assign Of(RunKey run, WorkRange range) =>
            new(run, range.Kind, range.Version, range.Step, range.First.Index, range.Count) { Halvings = range.Halvings };
    }

    /// <summary>The run is over, or goes on elsewhere.</summary>
    public sealed record Over(RunKey Run) : IClusterMessage;

    /// <summary>The worker cannot work for this run, and why; for another one it may.</summary>
    public sealed record SitOut(RunKey Run, string Why) : IClusterMessage
    {
        public string Why { get; init; } = Cut(Why);
    }

    /// <summary>The worker is not wanted, and why.</summary>
    public sealed record Refuse(string Why) : IClusterMessage
    {
        public string Why { get; init; } = Cut(Why);
    }

    // Between nodes.

    /// <summary>The cluster is over: whoever is in it ends, and need not take leave of anybody. Answered by <see cref="Dismissed"/>.</summary>
    public sealed record Dismiss : IClusterMessage;

    /// <summary>Heard.</summary>
    public sealed record Dismissed : IClusterMessage;

    /// <summary>Where is the active server?</summary>
    public sealed record Locate : IClusterMessage;

    /// <summary>Here.</summary>
    /// <param name="Plane">Base address of its plane: <c>http://10.0.0.5:4080/</c>.</param>
    public sealed record Located(string Plane) : IClusterMessage;

    /// <summary>
    /// What cluster a node is in, for a node that it does not count among its members: of two clusters that meet, one dissolves.
    /// </summary>
    /// <param name="Node">host:port of who says it.</param>
    /// <param name="Uid">Tells this life of the node from those before it.</param>
    /// <param name="Known">The <paramref name="Uid"/> of the member that it counts at the address of who hears it; 0 for none.</param>
    /// <param name="Nodes">Members that it can reach, itself included; 0 for who is in no cluster.</param>
    /// <param name="HasServer">Whether one of them has the role server; of who is in no cluster, whether it has that itself.</param>
    /// <param name="Since">When the cluster was founded: milliseconds since 1970, by the founder's clock.</param>
    /// <param name="Leader">host:port of the member that decides who comes in; empty for none.</param>
    /// <param name="WantsAnswer">Whether the same is wanted in return.</param>
    public sealed record Greet(
        string Node, int Uid, int Known, int Nodes, bool HasServer, long Since, string Leader, bool WantsAnswer) : IClusterMessage;

    // Hyperion makes a message from what came, which may be nothing.
    private static string Cut(string? reason) => reason is { Length: > MostReason } ? reason[..(MostReason - 3)] + "..." : reason!;
}

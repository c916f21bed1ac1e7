using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Work;
using Hyperion;

namespace ClusterTrain.Actors.Serialization;

/// <summary>
/// Exactly the types that may be on the wire. Hyperion asks for them under two spellings: with version and culture when
/// it writes, by name and assembly alone when it reads.
/// </summary>
internal sealed class ProtocolTypes : ITypeFilter
{
    /// <summary>The messages by their marker, and what they are made of.</summary>
    public static readonly IReadOnlyList<Type> All =
    [
        .. typeof(IClusterMessage).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(IClusterMessage).IsAssignableFrom(type)),
        typeof(RunKey), typeof(WorkerRoles), typeof(WorkKind), typeof(EvaluationSums),
        typeof(Akka.Actor.ActorRefBase.Surrogate),
    ];

    private readonly HashSet<string> _names = [.. All.SelectMany(Spellings)];

    public bool IsAllowed(string typeName) => _names.Contains(typeName);

    private static IEnumerable<string> Spellings(Type type) =>
        [type.AssemblyQualifiedName!, $"{type.FullName}, {type.Assembly.GetName().Name}"];
}

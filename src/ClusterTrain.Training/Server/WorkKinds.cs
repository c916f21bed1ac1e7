using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>Which kinds of work a worker takes.</summary>
[Flags]
public enum WorkKinds
{
    None = 0,
    Attack = 1 << WorkKind.Attack,
    Gradient = 1 << WorkKind.Gradient,
    Validate = 1 << WorkKind.Validate,
    Conclude = 1 << WorkKind.Conclude,
    All = Attack | Gradient | Validate | Conclude,
}

internal static class WorkKindsMembership
{
    public static WorkKinds Alone(this WorkKind kind) => (WorkKinds)(1 << (int)kind);

    /// <summary>Not HasFlag, which allocates until the method around it is optimized.</summary>
    public static bool Includes(this WorkKinds kinds, WorkKind kind) => (kinds & kind.Alone()) != WorkKinds.None;
}

using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Actors.Tests.Serialization;

/// <summary>Messages of every type of the protocol, made from their constructors: full of content, and as empty as can be.</summary>
internal static class SampleMessages
{
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(IClusterMessage).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(IClusterMessage).IsAssignableFrom(type))];

    public static TheoryData<string, bool> Names() => new(Types.SelectMany(type => new[] { (type.Name, true), (type.Name, false) }));

    public static IClusterMessage Make(string name, bool isFull)
    {
        var constructor = Types.Single(type => type.Name == name).GetConstructors().OrderByDescending(made => made.GetParameters().Length).First();
        return (IClusterMessage)constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, isFull))]);
    }

    private static object? Value(Type type, bool isFull) => type switch
    {
        _ when type == typeof(string) => isFull ? "a name, \u00e4\u2200, and \"quotes\"" : null,
        _ when !isFull => Activator.CreateInstance(type),
        _ when type == typeof(int) => int.MaxValue,
        _ when type == typeof(long) => long.MinValue,
        _ when type == typeof(bool) => true,
        _ when type == typeof(RunKey) => new RunKey("run", 7),
        _ when type == typeof(WorkerRoles) => WorkerRoles.Trainer | WorkerRoles.Adversary,
        _ when type == typeof(WorkKind) => WorkKind.Conclude,
        _ when type == typeof(EvaluationSums) => new EvaluationSums(100, 0.1 + 0.2, 90, 50, 40),
        _ => throw new NotSupportedException($"a sample of {type} is wanted here"),
    };
}

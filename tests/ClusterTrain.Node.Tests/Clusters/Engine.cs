using ClusterTrain.Actors;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>The engines beyond one process.</summary>
internal static class Engine
{
    public const string Processes = "processes";
    public const string Akka = "akka";

    public static TheoryData<string> Both => new(Processes, Akka);

    /// <summary>Those that this program was built with.</summary>
    public static IReadOnlyList<string> Available => AkkaNode.IsAvailable ? [Processes, Akka] : [Processes];

    /// <summary>Skips the test, with the reason, where the program was built without this engine.</summary>
    public static void Require(string engine) => Assert.SkipWhen(engine == Akka && !AkkaNode.IsAvailable, AkkaNode.WhyUnavailable);
}

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>The engines beyond one process.</summary>
internal static class Engine
{
    public const string Processes = "processes";
    public const string Akka = "akka";

    public static TheoryData<string> Both => new(Processes, Akka);
}

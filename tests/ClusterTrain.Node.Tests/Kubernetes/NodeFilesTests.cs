using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>The files of cluster-config that nodes are started with.</summary>
public sealed class NodeFilesTests
{
    public static TheoryData<string> Files => new("server.conf", "trainer.conf", "adversary.conf", "local.conf", "kubernetes.conf");

    [Theory]
    [MemberData(nameof(Files))]
    public void File_EveryKey_IsKnownToTheProgram(string name)
    {
        var text = Read(name);

        Assert.Empty(HoconSection.Problems(text));
        Assert.NotEmpty(HoconSection.Values(text));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_EverySetting_IsThereWithItsVariable(string name)
    {
        var text = Read(name);

        Assert.Equal(NodeKeys.OfSection.Order(StringComparer.Ordinal), HoconSection.Mentioned(text).Distinct().Order(StringComparer.Ordinal));
        Assert.All(NodeKeys.Variables.Values, variable => Assert.Contains(variable, text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_ForOneMachine_StaysOnLoopback(string name)
    {
        var values = HoconSection.Values(Read(name));

        Assert.False(values.ContainsKey(NodeKeys.AllowPlaintext));
        if (name != "kubernetes.conf") Assert.Equal("127.0.0.1", values[NodeKeys.Host]);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Architecture.Repository.Root, "cluster-config", name));
}

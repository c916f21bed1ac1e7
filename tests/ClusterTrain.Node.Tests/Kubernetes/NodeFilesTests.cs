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
    public void File_EverySetting_HasDefaultAndVariableInItsComment(string name)
    {
        var text = Read(name);

        Assert.Equal(NodeKeys.OfSection.Order(StringComparer.Ordinal), HoconSection.Mentioned(text).Order(StringComparer.Ordinal));
        Assert.All(NodeKeys.Variables, pair =>
            Assert.Matches($@"\b{pair.Value}\b", HoconSection.CommentOf(text, pair.Key.Split('.')[0])));
        Assert.All(NodeKeys.OfSection, key => Assert.Matches("Default", HoconSection.CommentOf(text, key)));
    }

    [Fact]
    public void Files_AllOfTheFolder_AreTested() =>
        Assert.Equal(
            Directory.GetFiles(Path.Combine(Repository.Root, "cluster-config"), "*.conf").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Files.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Fact]
    public void Problems_MisspeltKey_IsNamed()
    {
        var text = Read("server.conf");

        var problems = HoconSection.Problems(text.Replace("  plane-port =", "  plain-port =", StringComparison.Ordinal));

        Assert.Equal(["there is no key plain-port; did you mean 'plane-port'?"], problems);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_ForOneMachine_StaysOnLoopback(string name)
    {
        var values = HoconSection.Values(Read(name));

        Assert.False(values.ContainsKey(NodeKeys.AllowPlaintext));
        if (name != "kubernetes.conf") Assert.Equal("127.0.0.1", values[NodeKeys.Host]);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "cluster-config", name));
}

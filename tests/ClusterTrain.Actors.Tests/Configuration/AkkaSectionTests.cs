using Akka.Configuration;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Configuration;

public class AkkaSectionTests
{
    [Theory]
    [InlineData("akka.cluster.failure-detector.heartbeat-interval = soon", "akka.cluster.failure-detector.heartbeat-interval: soon is not allowed; allowed: a number, a time")]
    [InlineData("akka.cluster.split-brain-resolver.stable-after = 4 x", "stable-after: 4 x is not allowed")]
    [InlineData("akka.cluster.healing.look = [1s]", "akka.cluster.healing.look: is a list; allowed: a value")]
    [InlineData("akka.cluster.healing = 1s", "akka.cluster.healing: is a value; allowed: a section")]
    [InlineData("akka.cluster.healing.look { a = 1s }", "akka.cluster.healing.look: a section is not allowed")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = large", "maximum-frame-size: large is not allowed")]
    [InlineData("akka.remote.dot-netty.tcp.port = \"x\"", "akka.remote.dot-netty.tcp.port: x is not allowed")]
    [InlineData("akka.cluster.roles = server", "akka.cluster.roles: is a value; allowed: a list")]
    [InlineData("akka = 3", "akka: is a value; allowed: a section")]
    public void Problems_ValueOfAnotherKind_IsNamedWithWhatIsAllowed(string text, string said) =>
        Assert.Contains(said, Assert.Single(Problems(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("akka.cluster.failure-detector { heartbeat-interval = 1.5 s, acceptable-heartbeat-pause = 60000 }")]
    [InlineData("akka { loglevel = DEBUG, log-dead-letters = 10, cluster.down-removal-margin = off, coordinated-shutdown.phases.a.timeout = x }")]
    [InlineData("akka.remote.dot-netty.tcp { maximum-frame-size = 256000b, send-buffer-size = 1m, hostname = \"a\" }")]
    [InlineData("akka.loggers = [\"a\"]")]
    [InlineData("clustertrain.roles = [server]")]
    [InlineData("")]
    public void Problems_WhatAkkaReads_AreNone(string text) => Assert.Empty(Problems(text));

    [Fact]
    public void Read_FileWithSuchAValue_IsRefusedInOneLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["node.conf"], "clustertrain.roles = [server]\nakka.cluster.healing.look = soon\n");

        var refusal = Assert.Throws<NodeSettingsException>(() => NodeSettingsFile.Read(folder["node.conf"], _ => null));

        Assert.Contains("node.conf: akka.cluster.healing.look: soon is not allowed", Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    private static List<string> Problems(string text) => [.. AkkaSection.Problems(text.Length == 0 ? Config.Empty : ConfigurationFactory.ParseString(text))];
}

using System.Globalization;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Configuration;

/// <summary>The node files of cluster-config, read by Akka's own parser, and what of k8s/ depends on Akka's settings.</summary>
public sealed class ShippedFilesTests
{
    // Those that something waits in: the others pass at once.
    private static readonly string[] Phases = ["before-service-unbind", "cluster-leave", "cluster-exiting", "cluster-exiting-done", "actor-system-terminate"];

    private static readonly Config Program = Effective(Config.Empty);

    public static TheoryData<string> Files => new("server.conf", "trainer.conf", "adversary.conf", "local.conf", "kubernetes.conf");

    [Theory]
    [MemberData(nameof(Files))]
    public void File_ReadByTheProgram_HasNoProblem(string name)
    {
        var isForMany = name == "kubernetes.conf";

        var settings = NodeSettingsFile.Read(PathOf(name), variable => isForMany && variable == "CLUSTERTRAIN_ALLOW_PLAINTEXT" ? "true" : null);

        Assert.NotEmpty(settings.Roles);
        Assert.Equal(isForMany ? 2 : 1, settings.Seeds.Count);
    }

    [Fact]
    public void File_ForKubernetesAlone_WantsCertificatesOrLeave()
    {
        var refusal = Assert.Throws<NodeSettingsException>(() => NodeSettingsFile.Read(PathOf("kubernetes.conf"), _ => null));

        Assert.Contains("allow-plaintext", Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    /// <summary>Akka takes a misspelt key without a word, and the comments say of each value that it is the default.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void File_SectionOfAkka_HasTheProgramsOwnValues(string name)
    {
        var file = ConfigurationFactory.ParseString(File.ReadAllText(PathOf(name)));

        var leaves = Leaves("akka", file.GetValue("akka")).ToList();

        Assert.NotEmpty(leaves);
        Assert.All(leaves, leaf => Assert.True(Program.HasPath(leaf), leaf));
        Assert.All(leaves, leaf => Assert.Equal((leaf, Program.GetTimeSpan(leaf)), (leaf, file.GetTimeSpan(leaf))));
    }

    [Fact]
    public void HasPath_MisspeltKey_IsNotThere()
    {
        Assert.True(Program.HasPath("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        Assert.False(Program.HasPath("akka.cluster.failure-detector.acceptable-heartbeat-puase"));
    }

    [Theory]
    [InlineData("server.yaml")]
    [InlineData("trainer.yaml")]
    [InlineData("adversary.yaml")]
    public void GracePeriod_OfPod_IsAsLongAsItsNodeMayTakeToLeave(string manifest)
    {
        var config = Effective(ConfigurationFactory.ParseString(File.ReadAllText(PathOf("kubernetes.conf"))));
        var most = Phases.Sum(phase => config.GetTimeSpan($"akka.coordinated-shutdown.phases.{phase}.timeout", config.GetTimeSpan("akka.coordinated-shutdown.default-phase-timeout")).TotalSeconds);

        var text = File.ReadAllText(Path.Combine(Repository.Root, "k8s/base", manifest));
        var grace = Regex.Match(text, "terminationGracePeriodSeconds: ([0-9]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

        Assert.InRange(int.Parse(grace, CultureInfo.InvariantCulture), most, double.MaxValue);
    }

    private static Config Effective(Config user) => NodeConfig.Of(new NodeSettings { Roles = [NodeSettings.Server], Seeds = ["127.0.0.1:4053"] }, user);

    private static IEnumerable<string> Leaves(string path, HoconValue value) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => Leaves($"{path}.{item.Key}", item.Value)) : [path];

    private static string PathOf(string name) => Path.Combine(Repository.Root, "cluster-config", name);
}

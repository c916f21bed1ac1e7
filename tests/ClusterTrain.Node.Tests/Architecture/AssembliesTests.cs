using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>The direction of knowledge, as the compiler has it: project files can be bypassed, references cannot.</summary>
public sealed class AssembliesTests
{
    private static readonly CompiledReferences Numerics = CompiledReferences.Of(typeof(Network).Assembly);
    private static readonly CompiledReferences Training = CompiledReferences.Of(typeof(RunSpec).Assembly);

    [Fact]
    public void Numerics_References_KnowNobodyElse() => Assert.DoesNotContain(
        Numerics.Assemblies,
        name => name is "clustertrain" or "YamlDotNet" || StartsWithAny(name, "ClusterTrain.", "Akka", "Spectre", "Microsoft.Extensions"));

    [Fact]
    public void Training_References_KnowNumericsOnly()
    {
        Assert.Equal(["ClusterTrain.Numerics"], Training.Assemblies.Where(name => name.StartsWith("ClusterTrain.", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            Training.Assemblies,
            name => name is "clustertrain" || StartsWithAny(name, "Akka", "Spectre", "System.CommandLine", "Microsoft.AspNetCore", "Microsoft.Extensions"));
    }

    [Fact]
    public void Numerics_Types_AreNeitherFilesNorThreadsNorClocksNorLogs() => Assert.DoesNotContain(
        Numerics.Types,
        name => StartsWithAny(
            name, "System.IO.", "System.Net.", "System.Threading.Thread", "System.Threading.Tasks.", "System.Threading.Timer",
            "System.Console", "System.TimeProvider", "System.DateTime", "System.Diagnostics.Stopwatch", "Microsoft.Extensions.Logging.",
            "System.Random"));

    [Fact]
    public void Training_Types_DoNotTalkToTheUser() => Assert.DoesNotContain("System.Console", Training.Types);

    // The scan itself: it must see what is known to be there.
    [Fact]
    public void CompiledReferences_OfTheProgram_ShowWhatItUses()
    {
        var program = CompiledReferences.Of(typeof(CommandLine).Assembly);

        Assert.Superset(new HashSet<string> { "ClusterTrain.Training", "System.CommandLine" }, program.Assemblies.ToHashSet());
        Assert.Superset(new HashSet<string> { "System.IO.TextWriter", "System.Threading.Thread" }, program.Types.ToHashSet());
    }

    private static bool StartsWithAny(string name, params string[] starts) =>
        starts.Any(start => name.StartsWith(start, StringComparison.Ordinal));
}

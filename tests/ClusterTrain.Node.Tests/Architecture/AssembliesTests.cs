using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>The direction of knowledge, as the compiler has it: project files can be bypassed, what was compiled and restored cannot.</summary>
public sealed class AssembliesTests
{
    [Fact]
    public void CompiledReferences_OfEveryRoomAndOfWhatItReferences_AreWhatItMayKnow()
    {
        foreach (var room in Room.All)
        {
            Assert.All(CompiledReferences.Closure(room.Assembly), name => Assert.True(
                room.MaySee(name), $"{room.Name} must not know {name}, and is compiled against it or against what uses it"));
        }
    }

    [Fact]
    public void Restored_OfEveryRoom_IsWhatItMayKnow()
    {
        foreach (var room in Room.All)
        {
            Assert.All(room.Restored(), name => Assert.True(room.MaySee(name), $"{room.Name} must not know {name}, and is given it"));
            Assert.All(room.RestoredFrameworks().Where(name => name != "Microsoft.NETCore.App"), name => Assert.Contains(name, room.Frameworks));
        }
    }

    [Fact]
    public void CompiledTypes_OfEveryRoom_AreNoneThatItNeverNames()
    {
        foreach (var room in Room.All)
        {
            Assert.All(CompiledReferences.Of(room.Assembly).Types, name => Assert.True(
                !room.Never.Any(start => name.StartsWith(start, StringComparison.Ordinal)), $"{room.Name} must not name {name}"));
        }
    }

    // The scans themselves: they must see what is known to be there.
    [Fact]
    public void Scans_OfTheProgram_ShowWhatItUses()
    {
        var program = CompiledReferences.Of(typeof(CommandLine).Assembly);
        Assert.Superset(new HashSet<string> { "ClusterTrain.Training", "System.CommandLine" }, program.Assemblies.ToHashSet());
        Assert.Superset(new HashSet<string> { "System.IO.TextWriter", "System.Threading.Thread" }, program.Types.ToHashSet());
        Assert.Superset(new HashSet<string> { "Akka", "Hyperion", "ClusterTrain.Numerics" }, CompiledReferences.Closure(typeof(CommandLine).Assembly).ToHashSet());
        Assert.Empty(CompiledReferences.Closure(typeof(Network).Assembly));

        var restored = Room.All.Single(room => room.Name == "ClusterTrain.Node").Restored().ToHashSet();
        Assert.Superset(new HashSet<string> { "Akka", "ClusterTrain.Numerics", "Spectre.Console" }, restored);
        Assert.DoesNotContain("Meziantou.Analyzer", restored);
    }
}

using ClusterTrain.Node.Commands;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class EngineCatalogueTests
{
    [Fact]
    public void Entries_EachEngine_NamesItselfAsItsEntryDoes() => Assert.All(
        EngineCatalogue.Entries.All, entry => Assert.Equal(entry.Name, entry.Create(new EngineOptions(), TimeProvider.System).Name));

    [Fact]
    public void Choice_ForHelp_IsEveryEngineInOrder() => Assert.Equal("local|processes|akka", EngineCatalogue.Choice);
}

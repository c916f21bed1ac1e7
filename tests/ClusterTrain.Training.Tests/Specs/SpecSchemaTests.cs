using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecSchemaTests
{
    [Fact]
    public void Layers_EveryRecordAndProperty_IsWrittenInSpecs()
    {
        var records = typeof(LayerDefinition).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LayerDefinition)) && !type.IsAbstract);

        Assert.Equal(records.Select(type => type.FullName!).Order(StringComparer.Ordinal), LayerCatalogue.All.BuiltIn.Select(kind => kind.Type.FullName!).Order(StringComparer.Ordinal));
        Assert.All(LayerSchema.All, kind => Assert.Equal(
            kind.Type.GetProperties().Count(property => property.CanWrite), LayerSchema.FieldsOf(kind).Count));
    }

    [Fact]
    public void Specs_EveryWritableProperty_IsAKey()
    {
        var sections = SpecSchema.Walk(new RunSpec()).Where(key => key.Field.IsSection && key.Field.Choice is null).Select(key => key.Field.Type)
            .Append(typeof(RunSpec)).Concat(SpecChoice.All.SelectMany(choice => choice.Entries).Select(entry => entry.GetType()));

        Assert.All(sections, type => Assert.Equal(type.GetProperties().Count(property => property.CanWrite), SpecSchema.FieldsOf(type).Count));
    }

    [Fact]
    public void Defaults_OfEveryKey_AreInRangeAndWithoutWarning() => Assert.Empty(SpecLoader.Check(new RunSpec()).Problems);

    [Theory]
    [InlineData(ReplicaChoice.Thinned, "thinned")]
    [InlineData(StoppingMetric.RobustAccuracy, "robustAccuracy")]
    [InlineData(AttackNorm.Linf, "linf")]
    public void NameOf_EnumValue_IsLowerCamelCase(object value, string name) => Assert.Equal(name, SpecSchema.NameOf(value));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("epochs", "epochs", 0)]
    [InlineData("epcohs", "epochs", 1)]
    [InlineData("epoch", "epochs", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void Distance_KnownPairs_MatchTheDefinition(string a, string b, int distance) => Assert.Equal(distance, NearestName.Distance(a, b));
}

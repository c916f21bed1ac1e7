using ClusterTrain.Numerics.Catalogues;
using Xunit;

namespace ClusterTrain.Numerics.Tests.Catalogues;

public sealed class CatalogueTests
{
    [Fact]
    public void Find_NameInAnotherCase_GivesTheEntry()
    {
        var catalogue = Colours();

        Assert.Equal("red", catalogue.Find("RED"));
        Assert.Null(catalogue.Find("green"));
    }

    [Fact]
    public void Add_NewName_IsFoundAndListedLast()
    {
        var catalogue = Colours();

        catalogue.Add("green");

        Assert.Equal("green", catalogue.Get("Green"));
        Assert.Equal(["red", "blue", "green"], catalogue.Names);
    }

    [Theory]
    [InlineData("Red")]
    [InlineData("")]
    public void Add_TakenOrEmptyName_IsRefusedAndChangesNothing(string name)
    {
        var catalogue = Colours();

        Assert.Throws<ArgumentException>(() => catalogue.Add(name));
        Assert.Equal(["red", "blue"], catalogue.All);
    }

    [Fact]
    public void Get_UnknownName_ListsWhatThereIs()
    {
        var error = Assert.Throws<ArgumentException>(() => Colours().Get("green"));

        Assert.Contains("'green' is no colour; allowed: red, blue", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_FromManyThreads_KeepsEveryEntry()
    {
        var catalogue = Colours();

        Parallel.For(0, 100, i => catalogue.Add($"shade-{i}"));

        Assert.Equal(102, catalogue.All.Distinct(StringComparer.Ordinal).Count());
    }

    private static Catalogue<string> Colours() => new("colour", name => name, "red", "blue");
}

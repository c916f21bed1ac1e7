using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

public class TensorPathTests
{
    public static TheoryData<TensorName> Names() =>
    [
        TensorName.Whole("mnist", 0, 0), TensorName.Slice("mnist", 2, 14, 14, 4, 4), TensorName.Gradient("a b%/ü?#", int.MaxValue, 7, 0, 8),
        TensorName.Batch("mnist", 1, long.MaxValue, int.MaxValue),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_AnyName_ParsesBackUnlessItsRunHasASlash(TensorName name)
    {
        var path = TensorPath.Of(name);
        Assert.StartsWith(TensorPath.Root, path, StringComparison.Ordinal);
        Assert.True(Uri.TryCreate(new Uri("http://h/"), path, out var uri));
        Assert.Equal("/" + path, uri.AbsolutePath);
        var (parsed, wrong) = TensorPath.Parse(Uri.UnescapeDataString(path[TensorPath.Root.Length..]));
        Assert.Equal(name.Run.Contains('/') ? null : name, parsed);
        Assert.Equal(name.Run.Contains('/'), wrong is not null);
    }

    [Fact]
    public void Of_Gradient_IsReadable() =>
        Assert.Equal("tensors/mnist/2/gradient/14/14/0/4", TensorPath.Of(TensorName.Gradient("mnist", 2, 14, 0, 4)));

    [Fact]
    public void Parse_EveryKind_HasANameOfItsOwn()
    {
        var kinds = Enum.GetValues<TensorKind>();
        Assert.Equal(kinds, kinds.Select(kind => TensorPath.Parse($"r/0/{kind.ToString().ToLowerInvariant()}/0/0/0/1").Name!.Kind));
    }
}

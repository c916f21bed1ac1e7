using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class FindingsTests
{
    [Fact]
    public void Note_Points_KeepsAMistakeBeforeAnyLossAndTheFirstOfEquals()
    {
        var found = new Findings();
        found.Clear(2);
        var kept = new float[1];
        void Visit(float point, float loss, bool mistaken) => found.Note(0, [point], loss, mistaken, kept);

        Visit(1, 5, false);
        Assert.Equal(1, kept[0]);
        Visit(2, 5, false);
        Assert.Equal(1, kept[0]);
        Visit(3, 6, false);
        Assert.Equal(3, kept[0]);
        Assert.False(found.IsMistaken(0));
        Visit(4, 1, true);
        Assert.Equal(4, kept[0]);
        Visit(5, 9, false);
        Assert.Equal(4, kept[0]);
        Visit(6, 2, true);
        Assert.Equal(6, kept[0]);
        Assert.True(found.IsMistaken(0));

        Assert.False(found.AllMistaken, "row 1 was not");
        found.Note(1, [7], 0, true, kept);
        Assert.True(found.AllMistaken);
    }
}

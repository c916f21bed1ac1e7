namespace ClusterTrain.Numerics.Attacks;

/// <summary>The rows of one attack.</summary>
/// <param name="features">Inputs a row.</param>
/// <param name="rows">Clean rows, [batch, features].</param>
/// <param name="labels">Their classes, [batch].</param>
/// <param name="places">
/// Which numbers of a stream are each row's, [batch]: its place among all rows that share the stream, so that a row's
/// random start does not depend on which others are attacked with it. Empty: 0, 1, 2 and so on.
/// </param>
/// <param name="start">Gives the numbers of each run.</param>
public readonly ref struct AttackBatch(
    int features, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, ReadOnlySpan<int> places, AttackStart start)
{
    private readonly ReadOnlySpan<int> _places = places;

    public int Features { get; } = features;

    public ReadOnlySpan<float> Rows { get; } = rows;

    public ReadOnlySpan<byte> Labels { get; } = labels;

    public AttackStart Start { get; } = start;

    public int Count => Labels.Length;

    public ReadOnlySpan<float> Row(int row) => Rows.Slice(row * Features, Features);

    public int Place(int row) => _places.IsEmpty ? row : _places[row];
}

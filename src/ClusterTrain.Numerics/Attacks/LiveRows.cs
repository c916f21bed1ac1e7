namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The rows that a search still works on, without gaps, each with its clean version and some tensors of its size. The
/// order of rows stays.
/// </summary>
public sealed class LiveRows(int tensors)
{
    /// <summary>The tensor of clean rows; the others are 1 and up.</summary>
    public const int Clean = 0;

    private readonly float[][] _tensors = [.. Enumerable.Repeat<float[]>([], tensors)];
    private int _features;

    public int Count { get; private set; }

    /// <summary>Row of the batch that each live row is, [count and more].</summary>
    public int[] Rows { get; private set; } = [];

    /// <summary>Places of the rows in their stream, [count and more].</summary>
    public int[] Places { get; private set; } = [];

    public byte[] AllLabels { get; private set; } = [];

    public Span<byte> Labels => AllLabels.AsSpan(0, Count);

    /// <summary>For each live row the one that it was before <see cref="Drop"/>, [count and more].</summary>
    public int[] Before { get; private set; } = [];

    /// <summary>A tensor, [count, features].</summary>
    public Span<float> this[int tensor] => _tensors[tensor].AsSpan(0, Count * _features);

    /// <summary>One row of a tensor, [features].</summary>
    public Span<float> Row(int tensor, int row) => _tensors[tensor].AsSpan(row * _features, _features);

    /// <summary>The batch's rows that are not misclassified anywhere yet; of the tensors only the clean one is filled.</summary>
    public void Load(AttackBatch batch, Findings found)
    {
        (_features, Count) = (batch.Features, 0);
        if (Rows.Length < batch.Count)
        {
            (Rows, Places, Before) = (new int[batch.Count], new int[batch.Count], new int[batch.Count]);
            AllLabels = new byte[batch.Count];
        }

        for (var i = 0; i < _tensors.Length; i++)
            if (_tensors[i].Length < batch.Rows.Length)
                _tensors[i] = new float[batch.Rows.Length];
        for (var row = 0; row < batch.Count; row++)
        {
            if (found.IsMistaken(row)) continue;
            (Rows[Count], Places[Count], AllLabels[Count]) = (row, batch.Place(row), batch.Labels[row]);
            batch.Row(row).CopyTo(Row(Clean, Count++));
        }
    }

    /// <summary>
    /// Notes a point of each row, and drops those that are done: with <see cref="KeptIterate.FirstMistake"/> the
    /// misclassified. Says whether any was dropped.
    /// </summary>
    public bool Note(
        int tensor, ReadOnlySpan<float> losses, ReadOnlySpan<bool> mistaken, KeptIterate keep, Findings found,
        Span<float> adversarial)
    {
        for (var row = 0; row < Count; row++)
            found.Note(Rows[row], Row(tensor, row), losses[row], mistaken[row], adversarial.Slice(Rows[row] * _features, _features));
        return keep == KeptIterate.FirstMistake && Drop(mistaken[..Count]);
    }

    /// <summary>Notes a point of each row by its loss alone, right or wrong; no row is done.</summary>
    public void NoteLosses(int tensor, ReadOnlySpan<float> losses, Findings found, Span<float> adversarial)
    {
        for (var row = 0; row < Count; row++)
            found.Note(Rows[row], Row(tensor, row), losses[row], mistaken: false, adversarial.Slice(Rows[row] * _features, _features));
    }

    /// <summary>Drops rows; says whether there were any.</summary>
    /// <param name="done">Which, [count].</param>
    public bool Drop(ReadOnlySpan<bool> done)
    {
        if (!done.Contains(true)) return false;
        var left = 0;
        for (var row = 0; row < done.Length; row++)
        {
            if (done[row]) continue;
            Before[left] = row;
            if (left < row)
            {
                (Rows[left], Places[left], AllLabels[left]) = (Rows[row], Places[row], AllLabels[row]);
                for (var i = 0; i < _tensors.Length; i++) Row(i, row).CopyTo(Row(i, left));
            }

            left++;
        }

        Count = left;
        return true;
    }

    /// <summary>Brings an array of one entry a row in line after rows were dropped.</summary>
    public void Follow<T>(T[] values)
    {
        for (var row = 0; row < Count; row++) values[row] = values[Before[row]];
    }
}

namespace ClusterTrain.Numerics.Attacks;

/// <summary>The worst point that was found for each row of a batch so far: a mistake before the highest loss.</summary>
public sealed class Findings
{
    private float[] _losses = [];
    private bool[] _mistaken = [];
    private int _open;

    /// <summary>Whether every row is misclassified somewhere.</summary>
    public bool AllMistaken => _open == 0;

    public void Clear(int batch)
    {
        if (_losses.Length < batch) (_losses, _mistaken) = (new float[batch], new bool[batch]);
        Array.Fill(_losses, float.NegativeInfinity, 0, batch);
        Array.Clear(_mistaken, 0, batch);
        _open = batch;
    }

    public bool IsMistaken(int row) => _mistaken[row];

    /// <summary>Copies a visited point to <paramref name="kept"/> if it is worse than what is there; the first of equals stays.</summary>
    public void Note(int row, ReadOnlySpan<float> point, float loss, bool mistaken, Span<float> kept)
    {
        var isWorse = mistaken != _mistaken[row] ? mistaken : loss > _losses[row];
        if (!isWorse) return;
        if (mistaken && !_mistaken[row]) _open--;
        (_losses[row], _mistaken[row]) = (loss, mistaken);
        point.CopyTo(kept);
    }
}

namespace ClusterTrain.Numerics.Losses;

/// <summary>The largest class scores of a row, of equals the first class first.</summary>
public static class TopScores
{
    /// <summary>Fills <paramref name="top"/> with the classes of the highest scores, descending.</summary>
    public static void Find(ReadOnlySpan<float> z, Span<int> top)
    {
        var found = 0;
        for (var j = 0; j < z.Length; j++)
        {
            var place = found;
            while (place > 0 && z[j] > z[top[place - 1]]) place--;
            if (place == top.Length) continue;
            found = Math.Min(found + 1, top.Length);
            for (var i = found - 1; i > place; i--) top[i] = top[i - 1];
            top[place] = j;
        }
    }

    /// <summary>The wrong class of rank <paramref name="rank"/>, 0 being that with the highest score.</summary>
    public static int Wrong(ReadOnlySpan<float> z, int label, int rank)
    {
        Span<int> top = stackalloc int[rank + 2];
        top = top[..Math.Min(top.Length, z.Length)];
        Find(z, top);
        var place = top.IndexOf(label);
        return top[place >= 0 && place <= rank ? rank + 1 : rank];
    }

    /// <summary>The wrong class with the highest score.</summary>
    public static int Wrong(ReadOnlySpan<float> z, int label)
    {
        var best = label == 0 ? 1 : 0;
        for (var j = best + 1; j < z.Length; j++)
            if (j != label && z[j] > z[best])
                best = j;
        return best;
    }
}

namespace ClusterTrain.Numerics.Randomness;

/// <summary>Random orders.</summary>
public static class Permutation
{
    /// <summary>
    /// A uniformly random order of 0 to count - 1 (Fisher and Yates, in Durstenfeld's form; Knuth, TAOCP 2, 3.4.2 P).
    /// </summary>
    public static int[] Draw(int count, RandomStream stream)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        for (var last = count - 1; last > 0; last--)
        {
            var other = stream.Integer(last, last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }
}

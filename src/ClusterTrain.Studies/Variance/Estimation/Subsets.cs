using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using MathNet.Numerics;

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>The ensembles of k out of n members that are formed one by one.</summary>
/// <param name="Members">Each ensemble's members, ascending.</param>
/// <param name="AreAll">Whether every ensemble is there; else some were drawn.</param>
internal sealed record Subsets(IReadOnlyList<int[]> Members, bool AreAll)
{
    private const ulong Seed = 0x53554253; // "SUBS"

    /// <summary>All subsets in lexicographic order when there are at most <paramref name="most"/>, else so many, drawn.</summary>
    public static Subsets Of(int n, int k, int most, long seed)
    {
        if (k < 1 || k > n) throw new ArgumentOutOfRangeException(nameof(k), k, $"1 to {n} of {n} members can be taken.");
        return SpecialFunctions.Binomial(n, k) <= most ? new Subsets([.. All(n, k)], true) : new Subsets(Drawn(n, k, most, seed), false);
    }

    private static IEnumerable<int[]> All(int n, int k)
    {
        int[] at = [.. Enumerable.Range(0, k)];
        while (true)
        {
            yield return [.. at];
            var last = k - 1;
            while (last >= 0 && at[last] == n - k + last) last--;
            if (last < 0) yield break;
            at[last]++;
            for (var i = last + 1; i < k; i++) at[i] = at[i - 1] + 1;
        }
    }

    // The first k of a shuffle; equal subsets may come twice, as draws do.
    private static List<int[]> Drawn(int n, int k, int count, long seed)
    {
        var random = new DataRandom(Seed ^ (ulong)seed, ((ulong)n << 32) | (uint)k);
        var drawn = new List<int[]>();
        int[] order = [.. Enumerable.Range(0, n)];
        for (var i = 0; i < count; i++)
        {
            for (var place = 0; place < k; place++)
            {
                var other = place + random.Below(n - place);
                (order[place], order[other]) = (order[other], order[place]);
            }

            drawn.Add([.. order[..k].Order()]);
        }

        return drawn;
    }
}

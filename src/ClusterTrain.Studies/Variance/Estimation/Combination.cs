using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>One prediction out of several members' ones.</summary>
internal static class Combination
{
    /// <summary>Arithmetic mean of the members' probabilities, [rows, classes].</summary>
    public static double[] Mean(IReadOnlyList<float[]> probabilities, ReadOnlySpan<int> members)
    {
        var mean = new double[probabilities[members[0]].Length];
        foreach (var member in members)
        {
            var p = probabilities[member];
            for (var i = 0; i < mean.Length; i++) mean[i] += p[i];
        }

        for (var i = 0; i < mean.Length; i++) mean[i] /= members.Length;
        return mean;
    }

    /// <summary>
    /// Geometric mean, divided by its sum over the classes: what scaling the weights by keep computes exactly for a network
    /// without hidden layers (Srivastava et al. 2014; Baldi and Sadowski 2013).
    /// </summary>
    /// <param name="logarithms">Logarithms of probabilities, [rows, classes].</param>
    public static double[] GeometricMean(IReadOnlyList<float[]> logarithms, ReadOnlySpan<int> members, int classes)
    {
        var mean = new double[logarithms[members[0]].Length];
        foreach (var member in members)
        {
            var log = logarithms[member];
            for (var i = 0; i < mean.Length; i++) mean[i] += log[i];
        }

        for (var start = 0; start < mean.Length; start += classes) Normalize(mean.AsSpan(start, classes), members.Length);
        return mean;
    }

    private static void Normalize(Span<double> sums, int members)
    {
        var largest = double.NegativeInfinity;
        foreach (var sum in sums) largest = Math.Max(largest, sum);
        var total = 0.0;
        foreach (ref var element in sums)
        {
            element = FixedMath.Exp((float)((element - largest) / members));
            total += element;
        }

        foreach (ref var element in sums) element /= total;
    }
}

using ClusterTrain.Studies.Variance.Estimation;
using ClusterTrain.Training.Threads;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>
/// Forms ensembles and measures their mean prediction, for the figures that no formula gives, and for the one that has a
/// formula, to check it.
/// </summary>
public sealed class EnsembleCurves(StudySpec spec, byte[] labels, int threads)
{
    /// <summary>Largest gap so far between formula and measurement, where all ensembles of a set were formed.</summary>
    public double IdentityResidual { get; private set; }

    /// <param name="groups">Members of each set that ensembles are formed of; always of one set.</param>
    /// <param name="sizes">Ascending; sizes above a set's members are left out.</param>
    public IReadOnlyList<CurvePoint> Of(ArmPredictions predictions, IReadOnlyList<int[]> groups, Gram gram, IReadOnlyList<int> sizes)
    {
        var probabilities = predictions.Members.Select(member => member.Probabilities).ToList();
        var most = groups.Min(members => members.Length);
        return [.. sizes.Where(k => k <= most).Select(k => Point(probabilities, groups, gram, k))];
    }

    private CurvePoint Point(List<float[]> probabilities, IReadOnlyList<int[]> groups, Gram gram, int k)
    {
        var (ofSets, count, areAll) = (new List<Scores>(), 0, true);
        foreach (var members in groups)
        {
            var subsets = Subsets.Of(members.Length, k, spec.MostEnsembles, spec.Seed);
            var scores = OrderedWork.Map(subsets.Members.Count, threads, index => Scores.Of(
                Combination.Mean(probabilities, [.. subsets.Members[index].Select(place => members[place])]), labels));
            ofSets.Add(Scores.Mean(scores));
            (count, areAll) = (Math.Max(count, scores.Length), areAll && subsets.AreAll);
            if (subsets.AreAll) IdentityResidual = Math.Max(IdentityResidual, Math.Abs(ofSets[^1].Mse - gram.Moments([members]).Mse(k)));
        }

        return new CurvePoint(k, gram.Moments(groups).Mse(k), Scores.Mean(ofSets), count, areAll);
    }
}

using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>
/// Ways to use one network and its masks, kept apart: they are easily taken for each other. Each is the mean over training
/// sets.
/// </summary>
internal static class Apart
{
    public const string MeanMember = "mean member";
    public const string Arithmetic = "arithmetic mean of all members";
    public const string Geometric = "geometric mean of all members";
    public const string Whole = "the network itself at inference";

    /// <summary>Nothing for arms that are not of masks.</summary>
    public static IReadOnlyList<ApartScores> Of(ArmPredictions predictions, byte[] labels)
    {
        if (predictions.Whole.Count == 0) return [];
        var probabilities = predictions.Members.Select(member => member.Probabilities).ToList();
        var logarithms = predictions.Members.Select(member => member.Logarithms).ToList();
        var classes = probabilities[0].Length / labels.Length;
        ApartScores Named(string name, Func<int[], Scores> ofSet) => new(name, Scores.Mean([.. predictions.Groups.Select(ofSet)]));
        return
        [
            Named(MeanMember, members => Scores.Mean([.. members.Select(member => Scores.Of(Combination.Mean(probabilities, [member]), labels))])),
            Named(Arithmetic, members => Scores.Of(Combination.Mean(probabilities, members), labels)),
            Named(Geometric, members => Scores.Of(Combination.GeometricMean(logarithms, members, classes), labels)),
            new ApartScores(Whole, Scores.Mean([.. predictions.Whole.Select(whole => Scores.Of(Combination.Mean([whole.Probabilities], [0]), labels))])),
        ];
    }
}

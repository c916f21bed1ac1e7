using ClusterTrain.Studies.Variance.Estimation;
using ClusterTrain.Training.Benchmarks;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Threads;
using MathNet.Numerics.Statistics;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>
/// Forms ensembles and measures their mean prediction, for the figures that no formula gives, and for the one that has a
/// formula, to check it.
/// </summary>
internal sealed class EnsembleCurves(StudySpec spec, byte[] labels, int threads)
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

/// <summary>From an arm's predictions to what is found of it. Sums run in a fixed order, whatever the threads.</summary>
internal sealed class ArmAnalysis(StudyPlan plan, BootstrapWeights weights, byte[] labels, int threads)
{
    private readonly StudySpec _spec = plan.Spec;

    /// <param name="baseline">The sample of arm a; null for arm a itself.</param>
    /// <returns>The result, and the sample that others are compared with; no sample where there are too few members.</returns>
    public (ArmResult Result, ArmSample? Sample) Analyze(ArmDefinition arm, ArmPredictions predictions, RunPlan run, ArmSample? baseline)
    {
        var found = new ArmResult
        {
            Id = arm.Id, Title = arm.Title, Meaning = arm.Meaning, LeftOut = predictions.LeftOut, Work = WorkOf(arm, run), Groups = predictions.Groups,
        };
        var fewest = predictions.Groups.Min(members => members.Length);
        if (fewest < ArmSample.FewestMembers)
            return (found with { Problem = $"a training set has {fewest} member{(fewest == 1 ? "" : "s")} left; an interval over models wants {ArmSample.FewestMembers}" }, null);

        var errors = new ErrorTable(
            predictions.Groups, [.. predictions.Members.Select(member => ErrorTable.Errors(member.Probabilities, labels))], labels.Length);
        var gram = Gram.Of(errors);
        var sample = ArmSample.Of(errors, gram, weights);
        var formed = new EnsembleCurves(_spec, labels, threads);
        var curve = formed.Of(predictions, predictions.Groups, gram, plan.Sizes);
        var heldOut = HeldOutOf(predictions, errors, gram, formed);
        return (found with
        {
            Moments = MomentsOf(sample, gram, predictions.Groups),
            IdentityResidual = formed.IdentityResidual,
            Curve = curve,
            Regression = curve.Count < 2 ? null : CurveRegression.Of([.. curve.Select(point => (point.K, point.Measured.Mse))]),
            HeldOut = heldOut,
            Change = baseline is null ? null : ChangeOf(sample, baseline),
            Apart = Apart.Of(predictions, labels),
            G = [.. Enumerable.Range(0, gram.Members).Select(i => Enumerable.Range(0, gram.Members).Select(j => gram[i, j]).ToArray())],
        }, sample);
    }

    private Estimate Estimated(Replicates figure) => Estimate.Of(figure, _spec.Confidence);

    private ArmMoments MomentsOf(ArmSample sample, Gram gram, IReadOnlyList<int[]> groups)
    {
        Estimate Of(Func<Moments, double> figure) => Estimated(sample.Replicate(figure));
        var several = groups.Count > 1;
        return new ArmMoments(
            Of(moments => moments.V), Of(moments => moments.C), Of(moments => moments.Rho), Of(moments => moments.Optimization),
            several ? Of(moments => moments.Sampling) : null, several ? Of(moments => moments.BiasAndNoise) : null,
            [.. groups.Select((members, set) => SetOf(set, members, gram.Moments([members])))],
            SpreadOf(groups.SelectMany(members => members.Select(i => gram[i, i]))),
            SpreadOf(groups.SelectMany(members => members.SelectMany(i => members.Where(j => j < i).Select(j => gram[i, j])))));
    }

    private static SetMoments SetOf(int set, int[] members, Moments moments) => new(set + 1, members.Length, moments.V, moments.C, moments.Rho);

    private static Spread SpreadOf(IEnumerable<double> entries)
    {
        var sorted = entries.Order().ToArray();
        return new Spread(
            sorted[0], SortedArrayStatistics.Median(sorted), sorted[^1], sorted.Length < 2 ? 0 : ArrayStatistics.StandardDeviation(sorted));
    }

    private ArmChange ChangeOf(ArmSample sample, ArmSample baseline)
    {
        Estimate Of(Func<Moments, double> figure) => Estimated(sample.Replicate(figure).Minus(baseline.Replicate(figure)));
        var (c, rho, v) = (Of(moments => moments.C), Of(moments => moments.Rho), Of(moments => moments.V));
        return new ArmChange(c, rho, v, Verdict.Arm(c, rho, v, baseline.Value, _spec.Confidence));
    }

    private List<HeldOutPoint> HeldOutOf(ArmPredictions predictions, ErrorTable errors, Gram gram, EnsembleCurves formed)
    {
        var (a, b) = HeldOut.Halves(predictions.Groups);
        if (a.Any(members => members.Length < ArmSample.FewestMembers)) return [];
        var (ofA, ofB) = (ArmSample.Of(errors.With(a), gram, weights), ArmSample.Of(errors.With(b), gram, weights));
        var most = b.Min(members => members.Length);
        return
        [
            .. formed.Of(predictions, b, gram, [.. plan.Sizes.Where(k => k <= most)]).Select(point => new HeldOutPoint(
                point.K, ofA.Value.Mse(point.K), point.Measured.Mse, Estimated(HeldOut.Residual(ofA, ofB, point.K)), point.AreAll)),
        ];
    }

    private static ArmWork WorkOf(ArmDefinition arm, RunPlan run)
    {
        const double giga = 1e9;
        const double mega = 1e6;
        var training = StepFlops.PerExample(run) * run.Spec.Batch.Size * run.TotalSteps / giga;
        var isThinned = arm.Kind != ArmKind.Networks;
        var inference = StepFlops.Prediction(run.Network, isThinned) / mega;
        return arm.Kind == ArmKind.Masks ? new ArmWork(training, 0, inference) : new ArmWork(0, training, inference);
    }
}

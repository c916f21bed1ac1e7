using System.Globalization;
using System.Text;
using ClusterTrain.Studies.Variance.Estimation;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>From trained members to the study's result: a pure function of their states, the data and the study.</summary>
public sealed class StudyAnalysis(StudyPlan plan, StudyFolder folder, StudyContexts contexts, int threads)
{
    /// <param name="say">Told a line an arm.</param>
    /// <returns>Null when somebody stopped it.</returns>
    public VarianceResult? Run(Action<string> say, CancellationToken stop)
    {
        var spec = plan.Spec;
        var tests = Enumerable.Range(0, spec.Sets).Select(set => contexts.ToTest(plan.Of(plan.Arms[0], set).First().Spec)).ToList();
        var labels = tests[0].Data.Test.Labels;
        var analysis = new ArmAnalysis(plan, new BootstrapWeights(spec.Seed, spec.BootstrapDraws, labels.Length), labels, threads);
        var source = new ArmSource(plan, folder, contexts, threads);
        var results = new List<ArmResult>();
        ArmSample? baseline = null;
        foreach (var arm in plan.Arms)
        {
            if (stop.IsCancellationRequested) return null;
            var run = contexts.ToTest(plan.Of(arm, 0).First().Spec).Plan;
            var (result, sample) = analysis.Analyze(arm, source.Collect(arm), run, baseline);
            if (arm.Id == ArmDefinition.Baseline) baseline = sample;
            results.Add(result);
            say(result.Moments is { } moments
                ? $"{arm.Id,-9}  V {Verdict.Plain(moments.V.Value)}  C {Verdict.Plain(moments.C.Value)}  rho {Verdict.Plain(moments.Rho.Value)}"
                : $"{arm.Id,-9}  {result.Problem}");
        }

        results = WithEqualWork(results, spec.EnsembleSizes.Max());
        var (first, network) = (tests[0], tests[0].Plan.Network);
        return new VarianceResult
        {
            Study = spec.Name,
            SpecHash = Sha256Hex.Of(Encoding.UTF8.GetBytes(spec.Text)),
            Data = first.Data.Name,
            DataHashes = [.. tests.Select(test => test.Data.Hash)],
            Math = first.Math.ToString(),
            Sets = spec.Sets,
            Members = spec.Members,
            TrainRows = first.Data.Train.Rows,
            Rows = labels.Length,
            Classes = first.Data.Classes,
            Parameters = network.ParameterCount,
            Confidence = spec.Confidence,
            BootstrapDraws = spec.BootstrapDraws,
            Verdict = Words(results, spec),
            Arms = results,
        };
    }

    /// <summary>Half the largest ensemble of plain networks is the budget: room on both sides of it.</summary>
    private static List<ArmResult> WithEqualWork(List<ArmResult> results, int largest)
    {
        var budget = Math.Max(1, largest / 2);
        var plain = results[0].Work;
        return [.. results.Select(result => result with
        {
            EqualTraining = Equal(result, budget, plain.Training(budget), result.Work.Training),
            EqualInference = Equal(result, budget, plain.Inference(budget), result.Work.Inference),
        })];
    }

    private static EqualWork? Equal(ArmResult result, int budget, double granted, Func<int, double> work)
    {
        if (result.Moments is not { } moments) return null;
        var most = result.Groups.Min(members => members.Length);
        var k = Enumerable.Range(1, most).LastOrDefault(k => work(k) <= granted * (1 + 1e-12));
        return new EqualWork(budget, k, k == 0 ? null : new Moments(moments.V.Value, moments.C.Value, double.NaN).Mse(k));
    }

    private static List<string> Words(List<ArmResult> results, StudySpec spec)
    {
        var words = new List<string>();
        foreach (var result in results)
        {
            if (result.LeftOut.Count > 0)
                words.Add($"{result.Id}: {result.LeftOut.Count} of its trainings diverged and are left out, never averaged in.");
            if (result.Problem is { } problem) words.Add($"{result.Id} ({result.Title}): no estimate, since {problem}.");
            else if (result.Change is { } change) words.Add($"{result.Id} ({result.Title}) against a: {change.Words}");
            if (result.Apart.Count > 0) words.Add(ApartWords(result));
        }

        var largest = results.SelectMany(result => result.HeldOut.TakeLast(1).Select(point => (result, point))).ToList();
        words.AddRange(largest.Select(pair => $"{pair.result.Id}: {Verdict.HeldOut(pair.point, spec.Confidence)}"));
        return words;
    }

    private static string ApartWords(ArmResult result)
    {
        var of = result.Apart.ToDictionary(one => one.Name, one => one.Scores.Mse, StringComparer.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Id}: squared error {of[Apart.MeanMember]:0.0000} of its mean sub-network, {of[Apart.Arithmetic]:0.0000} of their arithmetic mean, {of[Apart.Geometric]:0.0000} of their geometric mean, {of[Apart.Whole]:0.0000} of the network itself.");
    }
}

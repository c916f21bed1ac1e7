using System.Text.Json.Serialization;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>A member that takes no part.</summary>
/// <param name="Set">Training set, from 1.</param>
/// <param name="Member">From 1.</param>
/// <param name="Why">In words.</param>
public sealed record LeftOutMember(int Set, int Member, string Why);

/// <summary>Moments of one training set alone.</summary>
public sealed record SetMoments(int Set, int Members, double V, double C, double Rho);

/// <summary>How the entries of G lie.</summary>
/// <param name="Deviation">Standard deviation; 0 of a single entry.</param>
public sealed record Spread(double Least, double Median, double Largest, double Deviation);

/// <summary>Ensembles of one size, the mean over all that were formed and over sets.</summary>
/// <param name="Formula">V/k + (k-1)/k * C.</param>
/// <param name="Measured">Of the mean prediction; the formula speaks of the first figure alone.</param>
/// <param name="Ensembles">Formed on each set.</param>
/// <param name="AreAll">Whether these are all there are; else they were drawn, and the first two differ by that.</param>
public sealed record CurvePoint(int K, double Formula, Scores Measured, int Ensembles, bool AreAll);

/// <summary>One way to predict with masks, apart from others.</summary>
public sealed record ApartScores(string Name, Scores Scores);

/// <summary>Operations, in products alone; expected over masks.</summary>
/// <param name="TrainingOnce">To train what all members share, in GFLOP.</param>
/// <param name="TrainingEach">To train one more member, in GFLOP.</param>
/// <param name="InferenceEach">For one row by one member, in MFLOP.</param>
public sealed record ArmWork(double TrainingOnce, double TrainingEach, double InferenceEach)
{
    public double Training(int k) => TrainingOnce + (k * TrainingEach);

    public double Inference(int k) => k * InferenceEach;
}

/// <summary>What an arm reaches with the work of some plain networks.</summary>
/// <param name="Budget">Plain networks whose work is granted.</param>
/// <param name="K">Members that it affords, at most those there are; 0 when not even one.</param>
/// <param name="Mse">By the formula; null when not even one.</param>
public sealed record EqualWork(int Budget, int K, double? Mse);

/// <summary>Change against arm a: this arm minus that one, on the same rows.</summary>
/// <param name="Words">Sign, size and interval of each.</param>
public sealed record ArmChange(Estimate C, Estimate Rho, Estimate V, string Words);

/// <summary>Everything that is known of the error's shares.</summary>
/// <param name="Optimization">V - C: variance from seeds.</param>
/// <param name="Sampling">C - C between sets; null with a single set.</param>
/// <param name="BiasAndNoise">C between sets; null with a single set.</param>
public sealed record ArmMoments(
    Estimate V, Estimate C, Estimate Rho, Estimate Optimization, Estimate? Sampling, Estimate? BiasAndNoise,
    IReadOnlyList<SetMoments> PerSet, Spread Diagonal, Spread OffDiagonal);

/// <summary>What was found of one arm.</summary>
public sealed record ArmResult
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>A sentence: what its members are.</summary>
    public required string Meaning { get; init; }

    public required IReadOnlyList<LeftOutMember> LeftOut { get; init; }

    /// <summary>Why there is no more; null when there is.</summary>
    public string? Problem { get; init; }

    public required ArmWork Work { get; init; }

    public ArmMoments? Moments { get; init; }

    /// <summary>Largest gap between formula and measurement where all ensembles of a set were formed.</summary>
    public double? IdentityResidual { get; init; }

    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];

    public CurveRegression? Regression { get; init; }

    public IReadOnlyList<HeldOutPoint> HeldOut { get; init; } = [];

    /// <summary>Against the baseline; null for the baseline itself.</summary>
    public ArmChange? Change { get; init; }

    /// <summary>For arms of masks: mean member, arithmetic mean, geometric mean, the network itself.</summary>
    public IReadOnlyList<ApartScores> Apart { get; init; } = [];

    public EqualWork? EqualTraining { get; init; }

    public EqualWork? EqualInference { get; init; }

    /// <summary>Members of each set: rows of <see cref="G"/>.</summary>
    public required IReadOnlyList<int[]> Groups { get; init; }

    /// <summary>Mean products of errors, [members, members].</summary>
    public IReadOnlyList<double[]> G { get; init; } = [];
}

/// <summary>The content of <c>variance.json</c>: the same bits for the same study, data and math.</summary>
public sealed record VarianceResult
{
    /// <summary>Its name.</summary>
    public required string Study { get; init; }

    /// <summary>SHA-256 of <c>study.yaml</c>.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>SHA-256 of each training set with its test rows.</summary>
    public required IReadOnlyList<string> DataHashes { get; init; }

    public required string Math { get; init; }

    public required int Sets { get; init; }

    public required int Members { get; init; }

    public required int TrainRows { get; init; }

    /// <summary>Test rows.</summary>
    public required int Rows { get; init; }

    public required int Classes { get; init; }

    public required int Parameters { get; init; }

    public required double Confidence { get; init; }

    public required int BootstrapDraws { get; init; }

    /// <summary>What was found, in sentences.</summary>
    public required IReadOnlyList<string> Verdict { get; init; }

    public required IReadOnlyList<ArmResult> Arms { get; init; }

    [JsonIgnore]
    public ArmResult Baseline => Arms.First(arm => arm.Id == ArmDefinition.Baseline);
}

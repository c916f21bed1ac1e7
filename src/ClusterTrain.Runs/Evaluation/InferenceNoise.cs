using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>
/// What makes a network's answers random at inference. A robust accuracy of such a network means little: an attack climbs
/// one draw and is judged by another (Athalye et al. 2018, section 4.2). No option does so today; one that does adds its
/// finder here.
/// </summary>
public static class InferenceNoise
{
    /// <summary>Finders, each naming the key that makes inference random, or null.</summary>
    private static readonly IReadOnlyList<Func<RunSpec, string?>> Finders = [];

    /// <summary>Why a run must not be attacked, or null.</summary>
    public static string? Refusal(RunSpec spec) => Refusal(spec, Finders);

    internal static string? Refusal(RunSpec spec, IReadOnlyList<Func<RunSpec, string?>> finders)
    {
        string[] keys = [.. finders.Select(find => find(spec)).OfType<string>()];
        return keys.Length == 0
            ? null
            : $"the run's answers are random at inference ({string.Join(", ", keys)}): an attack would be judged by another draw "
                + "than the one it climbed, and the robust accuracy would mean nothing";
    }
}

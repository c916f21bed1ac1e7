using System.Security.Cryptography;
using System.Text;

namespace ClusterTrain.Training.Specs;

/// <summary>
/// Names what a spec computes. Two specs with the same hash ask for the same bits: it covers every key with its default
/// filled in (of keys that came later, only where they differ from it), whatever the order and the comments of the file, except
/// <c>name</c>, <c>checkpoints</c> and <c>audit</c>, which decide
/// no number of the run, and the place of a file whose content is named by its own hash.
/// </summary>
public static class SpecHash
{
    private static readonly string[] NotCovered = ["name", "checkpoints", "audit"];

    /// <returns>SHA-256 over the canonical YAML (UTF-8), 64 lower-case hexadecimal digits.</returns>
    public static string Of(RunSpec spec) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(SpecWriter.Write(WithoutPlaces(spec), comments: false, NotCovered))));

    private static RunSpec WithoutPlaces(RunSpec spec) => spec.Initialization.Sha256.Length == 0
        ? spec
        : spec with { Initialization = spec.Initialization with { From = "" } };
}

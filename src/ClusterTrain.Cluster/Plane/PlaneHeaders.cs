using System.Globalization;
using ClusterTrain.Cluster.Protocol;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Plane;

/// <summary>The headers that go with a tensor.</summary>
internal static class PlaneHeaders
{
    /// <summary>32 hex digits, both ways (<see cref="TensorHash"/>).</summary>
    public const string Hash = "ClusterTrain-Hash";

    /// <summary>Who brings it, percent-escaped.</summary>
    public const string Worker = "ClusterTrain-Worker";

    /// <summary>The bits of <see cref="GradientFigures.Loss"/>, 16 hex digits: every bit counts, also of a NaN.</summary>
    public const string Loss = "ClusterTrain-Loss";

    public const string Correct = "ClusterTrain-Correct";

    /// <summary>On a refusal: which one, a code of <see cref="PlaneCodes"/>.</summary>
    public const string Refusal = "ClusterTrain-Refusal";

    /// <summary>Longest name of a worker, in characters as escaped.</summary>
    public const int MostWorkerCharacters = 768;

    private const int HashDigits = 32;

    public static string LossBits(double loss) => BitConverter.DoubleToUInt64Bits(loss).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>What a worker says of the tensor that it brings, or a line on what is wrong with it.</summary>
    public static (Said? Said, string? Wrong) Read(IHeaderDictionary headers)
    {
        var (hash, worker) = (headers[Hash].ToString(), headers[Worker].ToString());
        if (hash.Length != HashDigits || !hash.All(char.IsAsciiHexDigitLower))
            return (null, $"header {Hash} is \"{Short(hash)}\"; allowed are {HashDigits} lower-case hex digits");
        if (worker.Length is 0 or > MostWorkerCharacters)
            return (null, $"header {Worker} has {worker.Length} characters; allowed is a worker's name of 1 to {MostWorkerCharacters}");
        worker = Uri.UnescapeDataString(worker);
        if (WorkerName.Problem(worker) is { } problem) return (null, $"header {Worker}: {problem}");
        if (!ulong.TryParse(headers[Loss].ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var loss))
            return (null, $"header {Loss} is \"{Short(headers[Loss].ToString())}\"; allowed are the 16 hex digits of a double's bits");
        if (!int.TryParse(headers[Correct].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var correct))
            return (null, $"header {Correct} is \"{Short(headers[Correct].ToString())}\"; allowed is a whole number from 0 to {int.MaxValue}");
        var figures = new GradientFigures(BitConverter.UInt64BitsToDouble(loss), correct);
        return (new Said(hash, worker, figures), null);
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";

    public sealed record Said(string Hash, string Worker, GradientFigures Figures);
}

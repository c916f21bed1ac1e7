namespace ClusterTrain.Cluster.Protocol;

/// <summary>Names of workers: they come from outside, are shown to people, and are kept for as long as a worker is known.</summary>
public static class WorkerName
{
    public const int MostCharacters = 128;

    /// <summary>Workers of a server at once: more names than this are invented.</summary>
    public const int MostWorkers = 4096;

    private const string Allowed = "letters, digits and - _ . : % + @ [ ] and spaces";

    /// <summary>What is wrong with a name, with what is allowed; null when nothing is.</summary>
    public static string? Problem(string? name) =>
        name is not { Length: > 0 and <= MostCharacters } ? $"a worker's name has {name?.Length ?? 0} characters; allowed are 1 to {MostCharacters}"
        : name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '%' or '+' or '@' or '[' or ']' or ' ') ? null
        : $"a worker's name has characters that are not allowed; allowed are {Allowed}";
}

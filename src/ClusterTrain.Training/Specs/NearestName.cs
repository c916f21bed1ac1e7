namespace ClusterTrain.Training.Specs;

/// <summary>Finds the name a user most likely meant.</summary>
public static class NearestName
{
    /// <summary>The nearest candidate, or null when none is near enough to be meant.</summary>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        var allowed = Math.Max(1, given.Length / 3);
        return candidates
            .Where(candidate => Math.Abs(candidate.Length - given.Length) <= allowed)
            .Select(candidate => (Name: candidate, Distance: Distance(Fold(given), Fold(candidate))))
            .Where(pair => pair.Distance <= allowed && pair.Distance < pair.Name.Length)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Name)
            .FirstOrDefault();
    }

    /// <summary>"; did you mean 'x'?" or the whole list when nothing is near.</summary>
    public static string Hint(string given, IReadOnlyList<string> candidates) =>
        Question(given, candidates) is { Length: > 0 } question ? question : Allowed(candidates);

    /// <summary>"; did you mean 'x'?" where one is near, and the whole list.</summary>
    public static string HintAndAll(string given, IReadOnlyList<string> candidates) => Question(given, candidates) + Allowed(candidates);

    private static string Question(string given, IReadOnlyList<string> candidates) =>
        Find(given, candidates) is { } near ? $"; did you mean '{near}'?" : "";

    private static string Allowed(IReadOnlyList<string> candidates) => $"; allowed: {string.Join(", ", candidates)}";

    /// <summary>
    /// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of
    /// neighbours, no piece edited twice.
    /// </summary>
    public static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(substitution, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, table[i - 2, j - 2] + 1);
                table[i, j] = best;
            }
        }

        return table[a.Length, b.Length];
    }

    // learning_rate, learning-rate and LearningRate all mean learningRate.
    private static string Fold(string name) =>
        string.Concat(name.Where(letter => letter is not '_' and not '-')).ToLowerInvariant();
}

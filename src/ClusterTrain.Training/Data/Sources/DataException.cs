namespace ClusterTrain.Training.Data.Sources;

/// <summary>
/// Data that cannot be used: missing, damaged or not what a spec asks for. The user's input is wrong, not the program:
/// shown as one line a problem, without a stack trace.
/// </summary>
public sealed class DataException : Exception
{
    /// <param name="problems">One or more; each says where, what was found and what is expected.</param>
    public DataException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems.Select(OneLine))) => Problems = [.. problems.Select(OneLine)];

    public DataException(string problem)
        : this([problem])
    {
    }

    /// <summary>Each one line.</summary>
    public IReadOnlyList<string> Problems { get; }

    // Messages show what a file holds, and that may be anything: a line break, or what changes a terminal.
    private static string OneLine(string problem) =>
        problem.Any(char.IsControl) ? string.Concat(problem.Select(c => char.IsControl(c) ? ' ' : c)) : problem;
}

namespace ClusterTrain.Training.Data.Sources;

/// <summary>
/// Data that cannot be used: missing, damaged or not what a spec asks for. The user's input is wrong, not the program:
/// shown as one line a problem, without a stack trace.
/// </summary>
/// <param name="problems">One or more; each one line that says where, what was found and what is expected.</param>
public sealed class DataException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public DataException(string problem)
        : this([problem])
    {
    }

    public IReadOnlyList<string> Problems { get; } = problems;
}

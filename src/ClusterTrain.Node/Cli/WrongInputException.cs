namespace ClusterTrain.Node.Cli;

/// <summary>What the user gave is wrong. Each problem says what is wrong and what is allowed, on one line.</summary>
internal sealed class WrongInputException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public WrongInputException(string problem)
        : this([problem])
    {
    }

    public IReadOnlyList<string> Problems { get; } = problems;
}

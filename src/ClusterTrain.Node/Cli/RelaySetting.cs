using ClusterTrain.Training.Engines;

namespace ClusterTrain.Node.Cli;

/// <summary>What the user's environment says of relays.</summary>
internal static class RelaySetting
{
    /// <exception cref="WrongInputException">It says what is not allowed.</exception>
    public static RelayPolicy Of(Surroundings surroundings)
    {
        var (policy, wrong) = RelayPolicy.Parse(surroundings.Variable(RelayPolicy.Variable));
        return policy ?? throw new WrongInputException(wrong!);
    }
}

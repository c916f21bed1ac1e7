namespace ClusterTrain.Node.Cli;

/// <summary>What the program's exit code tells a script.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Failed while running.</summary>
    public const int Failed = 1;

    /// <summary>The user's input is wrong; nothing was started.</summary>
    public const int WrongInput = 2;

    /// <summary>A check found a difference.</summary>
    public const int Difference = 3;

    /// <summary>Interrupted; the state is saved and can be resumed.</summary>
    public const int Interrupted = 130;
}

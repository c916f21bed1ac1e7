namespace ClusterTrain.Node.Cli;

/// <summary>
/// The wish that a command end. Who reads the token saves its work and ends in order; a command that never read it has nothing to save,
/// and a signal ends it as it ends any program.
/// </summary>
internal sealed class StopRequest(CancellationToken token)
{
    private volatile bool _isHeeded;

    /// <summary>Whether a command has asked for the token.</summary>
    public bool IsHeeded => _isHeeded;

    /// <summary>Raised when the command is to end.</summary>
    public CancellationToken Token
    {
        get
        {
            _isHeeded = true;
            return token;
        }
    }
}

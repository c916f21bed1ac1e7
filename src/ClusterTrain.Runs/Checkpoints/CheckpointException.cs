namespace ClusterTrain.Runs.Checkpoints;

/// <summary>A checkpoint is missing, damaged or belongs to another run. The message is one line for the user.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(string message)
        : base(message.ReplaceLineEndings(" "))
    {
    }

    public CheckpointException(string message, Exception inner)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }
}

namespace ClusterTrain.Runs.Safetensors;

/// <summary>A file is not valid safetensors. The message is one line naming the file, the tensor and what is wrong.</summary>
internal sealed class SafetensorsException : Exception
{
    public SafetensorsException(string message)
        : base(message.ReplaceLineEndings(" "))
    {
    }

    public SafetensorsException(string message, Exception inner)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }
}

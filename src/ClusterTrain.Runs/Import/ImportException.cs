namespace ClusterTrain.Runs.Import;

/// <summary>A model of another program cannot be read. The message is one line: file, node, what is wrong, what is allowed.</summary>
public sealed class ImportException(string message) : Exception(message.ReplaceLineEndings(" "));

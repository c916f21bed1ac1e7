namespace ClusterTrain.Runs.Export;

/// <summary>A model cannot be said in another program's format. The message is one line for the user.</summary>
public sealed class ExportException(string message) : Exception(message);

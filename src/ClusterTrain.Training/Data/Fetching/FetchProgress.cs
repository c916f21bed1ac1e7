namespace ClusterTrain.Training.Data.Fetching;

/// <summary>How far a download is.</summary>
/// <param name="File">Name of the file, <c>.gz</c> included.</param>
/// <param name="Received">Bytes on disk so far, those of an earlier attempt included.</param>
/// <param name="Total">Bytes of the whole file; null while the server has not told.</param>
/// <param name="BytesPerSecond">Mean of this attempt; 0 while no time has passed.</param>
/// <param name="IsComplete">Whether the file is in place and its checksum is right.</param>
public sealed record FetchProgress(string File, long Received, long? Total, double BytesPerSecond, bool IsComplete);

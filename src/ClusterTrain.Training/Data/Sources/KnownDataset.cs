namespace ClusterTrain.Training.Data.Sources;

/// <summary>A file of a known data set.</summary>
/// <param name="Name">As it lies in the folder, without the <c>.gz</c> that its mirror adds.</param>
/// <param name="Bytes">Length of what the checksum is over.</param>
/// <param name="Sha256">Of the decoded content, lower-case hex; of an archive, of the file itself.</param>
/// <param name="IsArchive">Whether it is fetched and kept packed, as it is.</param>
public sealed record KnownFile(string Name, long Bytes, string Sha256, bool IsArchive = false)
{
    /// <summary>Its name at the mirror, under which it is kept.</summary>
    public string Served => IsArchive ? Name : Name + ".gz";

    /// <summary>Its name while it is on its way.</summary>
    public string Part => IsArchive ? Name + ".part" : Name + ".part.gz";
}

/// <summary>A data set whose files are known to the byte.</summary>
/// <param name="InputShape">Channels, height, width.</param>
/// <param name="Mirror">Where the files lie; ends in a slash.</param>
/// <param name="Files">What <c>data fetch</c> gets.</param>
public sealed record KnownDataset(
    string Name, int TrainRows, int TestRows, IReadOnlyList<int> InputShape, int Classes, Uri Mirror, IReadOnlyList<KnownFile> Files)
{
    /// <summary>How to get it, as the tail of a message.</summary>
    public string FetchHint => $"get it with 'clustertrain data fetch {Name}'";
}

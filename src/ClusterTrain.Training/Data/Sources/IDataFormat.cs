namespace ClusterTrain.Training.Data.Sources;

/// <summary>A way in which a data set of labelled pictures lies in a folder.</summary>
public interface IDataFormat
{
    /// <summary>As users know it: <c>IDX</c>.</summary>
    string Name { get; }

    /// <summary>What a folder holds, for a message that says what is wanted: names of files, and how they may be packed.</summary>
    string Files { get; }

    /// <summary>Data sets in this format whose content is known.</summary>
    IReadOnlyList<KnownDataset> Known { get; }

    /// <summary>Whether making rows of files costs more than reading as many bytes, so that they are kept for the next start.</summary>
    bool IsCostly => false;

    /// <summary>Whether a folder holds anything of this format, complete or not.</summary>
    bool Recognizes(string folder);

    /// <summary>Reads a folder whole.</summary>
    /// <param name="known">The known data set that it must be by its name, or null.</param>
    /// <exception cref="DataException">Every problem of every file: missing, damaged, or at odds with another one.</exception>
    DatasetSource Read(string folder, KnownDataset? known);

    /// <summary>What a listing says of a folder, without keeping its content.</summary>
    /// <param name="known">The known data set that it must be by its name, or null.</param>
    /// <exception cref="DataException">The folder cannot be read as it is.</exception>
    DatasetSize Measure(string folder, KnownDataset? known);
}

/// <summary>How large a data set is.</summary>
/// <param name="Shape">Channels, height, width of a row.</param>
/// <param name="Classes">Null where only reading everything would tell.</param>
/// <param name="Note">What a user should know of the content, or null.</param>
public sealed record DatasetSize(int TrainRows, int TestRows, IReadOnlyList<int> Shape, int? Classes, string? Note = null);

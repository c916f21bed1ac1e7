namespace ClusterTrain.Runs.Copies;

/// <summary>A run's folder elsewhere, which may be written meanwhile.</summary>
public interface IRunSource
{
    /// <summary>The files that there are, by name below the folder with '/' between folders, and their lengths.</summary>
    IReadOnlyDictionary<string, long> Files();

    /// <summary>Brings a file, from a byte on, to where it ends at this moment; nothing where it ends before.</summary>
    /// <exception cref="Exception">It is not there, or did not come whole.</exception>
    void Bring(string name, long from, Stream target);
}

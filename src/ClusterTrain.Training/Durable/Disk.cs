namespace ClusterTrain.Training.Durable;

/// <summary>
/// The operations of which durability is made. Between any two of them a machine may lose its power, and with it all that was not
/// synced: tests look in here and take it away.
/// </summary>
internal static class Disk
{
    /// <summary>Who looks in, in the flow of a call and what it starts; null: nobody.</summary>
    public static AsyncLocal<IDiskWatcher?> Watcher { get; } = new();

    /// <summary>What was written to a file survives a power cut when this returns, its name in the folder not yet.</summary>
    public static void Sync(FileStream file)
    {
        Watcher.Value?.Before();
        file.Flush(flushToDisk: true);
        Watcher.Value?.Synced(file.Name);
    }

    /// <summary>Gives a file another name, over what had it; survives a power cut once the folder is synced.</summary>
    public static void Move(string from, string to)
    {
        Watcher.Value?.Before();
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Survives a power cut once the folder is synced.</summary>
    public static void Delete(string path)
    {
        Watcher.Value?.Before();
        File.Delete(path);
    }
}

/// <summary>Told of what is about to happen to the disk, and of what is safe on it.</summary>
internal interface IDiskWatcher
{
    /// <summary>Something is about to be synced, renamed or deleted.</summary>
    void Before();

    /// <summary>A file's content, or the names in a folder, are on the disk.</summary>
    void Synced(string path);
}

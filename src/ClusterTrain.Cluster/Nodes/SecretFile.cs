using ClusterTrain.Training.Durable;

namespace ClusterTrain.Cluster.Nodes;

/// <summary>Secrets in files, which other users of the machine cannot read.</summary>
public static class SecretFile
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Foreign = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    /// <summary>The secret that a file holds, as one line.</summary>
    /// <exception cref="NodeSettingsException">It holds none, cannot be read, or others can read or write it.</exception>
    public static ClusterSecret Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Foreign) != UnixFileMode.None)
                throw Wrong(path, $"other users of this machine can read or change it; allow it to its owner alone: chmod 600 {path}");
            if (file.Length > 2 * ClusterSecret.MostCharacters) throw Wrong(path, $"it has {file.Length} bytes; one line with a secret of at most {ClusterSecret.MostCharacters} characters is wanted");
            using var reader = new StreamReader(file);
            var text = reader.ReadToEnd().Trim();
            return ClusterSecret.Problem(text) is { } problem ? throw Wrong(path, problem) : new ClusterSecret(text);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw Wrong(path, $"cannot be read: {failure.Message}");
        }
    }

    /// <summary>
    /// The secret of this user's clusters on this machine, made when there is none yet: in <c>clustertrain/secret</c> below
    /// <c>XDG_CONFIG_HOME</c>, or <c>~/.config</c> (<c>%APPDATA%</c> on Windows).
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="NodeSettingsException">There is no such folder, or it cannot be written.</exception>
    public static ClusterSecret OfUser(Func<string, string?> variable)
    {
        var path = PathOfUser(variable) ?? throw new NodeSettingsException([
            $"secret: there is no home folder to keep one in; set {ClusterSecret.Variable} or {ClusterSecret.FileVariable} for every node and user of the cluster"]);
        try
        {
            if (!File.Exists(path)) Make(path);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw Wrong(path, $"cannot be made: {failure.Message} Set {ClusterSecret.Variable} or {ClusterSecret.FileVariable} instead");
        }

        return Read(path);
    }

    /// <summary>The same where it was made already; else null.</summary>
    public static ClusterSecret? FindOfUser(Func<string, string?> variable) =>
        PathOfUser(variable) is { } path && File.Exists(path) ? Read(path) : null;

    private static string? PathOfUser(Func<string, string?> variable)
    {
        var folder = OperatingSystem.IsWindows() ? variable("APPDATA")
            : variable("XDG_CONFIG_HOME") is { Length: > 0 } configuration ? configuration
            : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config") : null;
        return string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, "clustertrain", "secret");
    }

    private static void Make(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Own | UnixFileMode.UserExecute);
        FirstFile.Make(path, ClusterSecret.Make().Text + "\n", maker: $"{Guid.NewGuid():N}", isPrivate: true);
    }

    private static NodeSettingsException Wrong(string path, string what) => new([$"secret file {path}: {what}"]);
}

using System.Globalization;
using System.Text;

namespace ClusterTrain.Training.Durable;

/// <summary>
/// The right to write a run's folder: at most one process has it, on whatever machine, as long as the folder's file
/// system knows locks. The system takes it back when its owner dies. It counts the owners, so that each server of the run
/// has a number of its own.
/// </summary>
public sealed class RunClaim : IDisposable
{
    public const string FileName = "claim";
    private readonly FileStream _file;

    private RunClaim(FileStream file, int incarnation) => (_file, Incarnation) = (file, incarnation);

    /// <summary>1 for the first owner of the folder, one more for each that follows.</summary>
    public int Incarnation { get; }

    /// <exception cref="RunFolderException">Somebody else has it, or the folder cannot be written.</exception>
    public static RunClaim Take(string folder) => TryTake(folder) ?? throw new RunFolderException(
        $"{folder} is being written by another process: wait until that ends, or choose another folder with --out");

    /// <summary>The claim, or null when somebody else has it.</summary>
    /// <exception cref="RunFolderException">The folder cannot be written.</exception>
    public static RunClaim? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var text = new byte[16];
            var length = file.Read(text);
            _ = int.TryParse(Encoding.ASCII.GetString(text, 0, length), CultureInfo.InvariantCulture, out var last);
            var own = last + 1;
            file.Position = 0;
            file.Write(Encoding.ASCII.GetBytes(own.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush(flushToDisk: true);
            return new RunClaim(file, own);
        }
        catch (IOException) when (file is null && File.Exists(path))
        {
            return null;
        }
        catch (Exception failure) when (RunFolderException.IsFileFailure(failure))
        {
            file?.Dispose();
            throw RunFolderException.For("write", folder, failure);
        }
    }

    public void Dispose() => _file.Dispose();
}

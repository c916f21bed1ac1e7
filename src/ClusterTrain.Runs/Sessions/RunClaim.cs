using System.Globalization;
using System.Text;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Sessions;

/// <summary>
/// The right to write a run's folder: at most one process has it, on whatever machine, as long as the folder's file
/// system knows locks. The system takes it back when its owner dies. It counts the owners, so that each server of the run
/// has a number of its own.
/// </summary>
public sealed class RunClaim : IDisposable
{
    public const string FileName = "claim";
    private readonly FileStream _file;

    private RunClaim(FileStream file) => _file = file;

    /// <exception cref="FileFailureException">Somebody else has it, or the folder cannot be written.</exception>
    public static RunClaim Take(string folder) => TryTake(folder) ?? throw new FileFailureException(
        $"{folder} is being written by another process: wait until that ends, or choose another folder with --out");

    /// <summary>The claim, or null when somebody else has it.</summary>
    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public static RunClaim? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new RunClaim(file);
        }
        catch (IOException) when (file is null && File.Exists(path))
        {
            return null;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            file?.Dispose();
            throw FileFailureException.For("write", folder, failure);
        }
    }

    /// <summary>Counts this owner: 1 for the first one that did, one more for each that followed. Written at once.</summary>
    /// <param name="after">A number that is taken already, by an owner of a copy of the folder; 0 for none.</param>
    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public int NextIncarnation(int after = 0)
    {
        try
        {
            var text = new byte[16];
            _file.Position = 0;
            var length = _file.Read(text);
            _ = int.TryParse(Encoding.ASCII.GetString(text, 0, length), CultureInfo.InvariantCulture, out var last);
            var next = Math.Max(last, after) + 1;
            _file.Position = 0;
            _file.Write(Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture) + "\n"));
            _file.Flush(flushToDisk: true);
            return next;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", _file.Name, failure);
        }
    }

    public void Dispose() => _file.Dispose();
}

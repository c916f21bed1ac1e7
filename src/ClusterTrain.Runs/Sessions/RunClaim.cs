using System.Globalization;
using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Sessions;

/// <summary>
/// The right to write a run's folder: at most one process has it, on whatever machine, as long as the folder's file
/// system knows locks. The system takes it back when its owner dies. It counts the owners, so that each server of the run
/// has a number of its own. The claim of an owner that shows life can be taken over when it shows none any more: a process
/// that is frozen keeps its locks.
/// </summary>
public sealed class RunClaim : IDisposable
{
    public const string FileName = "claim";

    /// <summary>Name of the file in which owners show life.</summary>
    public const string LifeName = OwnerLife.FileName;

    // EAGAIN (Linux; macOS and BSD); ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
    private static readonly int[] Taken = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream _file;
    private readonly OwnerLife? _life;

    private RunClaim(FileStream file, string folder, OwnerWatch? watch)
    {
        _file = file;
        if (watch is not null) _life = OwnerLife.Show(folder, watch.Who, Last() + 1);
    }

    /// <summary>Whether nobody has taken this claim over.</summary>
    public bool IsHeld => _life?.IsNewest() ?? true;

    /// <exception cref="FileFailureException">Somebody else has it, or the folder cannot be written.</exception>
    public static RunClaim Take(string folder) => TryTake(folder) ?? throw new FileFailureException(
        $"{folder} is being written by another process: wait until that ends, or choose another folder with --out");

    /// <summary>The claim, or null when somebody else has it.</summary>
    /// <param name="watch">
    /// Watches the owner where there is one: when that shows no life, the claim is taken from it. Whoever takes a claim with a
    /// watch shows life as well.
    /// </param>
    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public static RunClaim? TryTake(string folder, OwnerWatch? watch = null)
    {
        var path = Path.Combine(folder, FileName);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new RunClaim(file, folder, watch);
        }
        catch (IOException failure) when (file is null && IsTaken(failure))
        {
            return watch?.SilentOwner() is { } owner ? TakeOver(folder, path, owner, watch) : null;
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
            var next = Math.Max(Last(), after) + 1;
            Write(_file, next);
            _life?.Raise(next);
            return next;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", _file.Name, failure);
        }
    }

    /// <summary>Owners that a folder's claim has counted; null where there is no claim, an empty one, or one that somebody has now.</summary>
    /// <exception cref="FormatException">It holds something else.</exception>
    public static int? CountOf(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, FileName));
            return text.Length == 0 ? null : int.Parse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            return null;
        }
    }

    /// <summary>To be asked before anything is written. Costs next to nothing.</summary>
    /// <exception cref="ClaimLostException">Somebody has taken this claim over.</exception>
    public void RequireHeld()
    {
        if (!IsHeld) throw new ClaimLostException(Path.GetDirectoryName(_file.Name)!);
    }

    public void Dispose()
    {
        _life?.Dispose();
        _file.Dispose();
    }

    /// <summary>Whether a file could not be opened because somebody else has it, and not since it cannot be written at all.</summary>
    internal static bool IsTaken(IOException failure) => Array.IndexOf(Taken, failure.HResult) >= 0;

    // The lock of the owner is on its own file: a new one of the same name has none. Where the name cannot be had while the
    // owner has it open (Windows), the claim is waited for.
    private static RunClaim? TakeOver(string folder, string path, int owner, OwnerWatch watch)
    {
        var temporary = path + AtomicFile.TemporarySuffix;
        FileStream? file = null;
        try
        {
            // What the owner was amid writing stays locked as well, and must not be put in its place when it wakes.
            foreach (var half in Directory.EnumerateFiles(folder, "*" + AtomicFile.TemporarySuffix, SearchOption.AllDirectories)) Disk.Delete(half);
            file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            Write(file, owner);
            Disk.Move(temporary, path);
            return new RunClaim(file, folder, watch);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (file is null) return null;
            file.Dispose();
            Disk.Delete(temporary);
            return null;
        }
    }

    private static void Write(FileStream file, int number)
    {
        file.Position = 0;
        file.Write(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n"));
        Disk.Sync(file);
    }

    private int Last()
    {
        var text = new byte[16];
        _file.Position = 0;
        var length = _file.Read(text);
        return int.TryParse(Encoding.ASCII.GetString(text, 0, length), CultureInfo.InvariantCulture, out var last) ? last : 0;
    }
}

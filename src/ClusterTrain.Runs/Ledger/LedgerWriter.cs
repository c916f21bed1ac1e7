using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Ledger;

/// <summary>
/// Appends lines to <c>ledger.jsonl</c>. Lines are gathered in memory and reach the file whole, when the buffer is full
/// and at <see cref="Flush"/>; what a kill takes away is re-executed from the checkpoint before it. Not thread-safe.
/// </summary>
public sealed class LedgerWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly byte[] _head;
    private int _used;
    private bool _isNew;

    private LedgerWriter(string path, FileMode mode, string head, long nextStep)
    {
        _path = path;
        _head = Encoding.ASCII.GetBytes(head);
        NextStep = nextStep;
        _file = Guarded(() => new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>SHA-256 of the last line; of the spec's hash (see <see cref="LedgerFile"/>) while there is none.</summary>
    public string Head => Encoding.ASCII.GetString(_head);

    /// <summary>The only step that <see cref="Append(LedgerEntry)"/> takes.</summary>
    public long NextStep { get; private set; }

    /// <summary>A new ledger.</summary>
    /// <exception cref="FileFailureException">The file exists or cannot be written.</exception>
    public static LedgerWriter Create(string path, string specHash) =>
        new(path, FileMode.CreateNew, LedgerLine.Genesis(specHash), nextStep: 0) { _isNew = true };

    /// <summary>
    /// Goes on after <paramref name="lastStep"/> (-1: from the start); later lines are dropped, they will be written
    /// again. Compare <see cref="Head"/> with the checkpoint's.
    /// </summary>
    /// <exception cref="FileFailureException">The lines up to that step are not there or were changed.</exception>
    public static LedgerWriter Resume(string path, string specHash, long lastStep)
    {
        var head = LedgerFile.TruncateAfter(path, specHash, lastStep);
        return new LedgerWriter(path, FileMode.Append, head, lastStep + 1);
    }

    /// <param name="state">32 lower-case hex digits.</param>
    /// <param name="loss">Finite.</param>
    /// <exception cref="ArgumentException">The step is not the next one, or a value is out of range.</exception>
    /// <exception cref="FileFailureException">The disk is full.</exception>
    public void Append(long step, ReadOnlySpan<char> state, double loss)
    {
        if (step != NextStep)
            throw new ArgumentException($"the ledger's next step is {NextStep}, not {step}", nameof(step));
        if (_buffer.Length - _used <= LedgerLine.MaxBytes)
            WriteOut();
        var length = LedgerLine.Format(_buffer.AsSpan(_used), step, state, _head, loss);
        LedgerLine.Hash(_buffer.AsSpan(_used, length), _head);
        _used += length;
        _buffer[_used++] = (byte)'\n';
        NextStep++;
    }

    /// <inheritdoc cref="Append(long, ReadOnlySpan{char}, double)"/>
    public void Append(LedgerEntry entry) => Append(entry.Step, entry.State, entry.Loss);

    /// <param name="toDisk">Also survives a power cut; needed before a checkpoint that names <see cref="Head"/>.</param>
    /// <exception cref="FileFailureException">The disk is full.</exception>
    public void Flush(bool toDisk)
    {
        WriteOut();
        if (toDisk)
        {
            Guarded(() =>
            {
                Disk.Sync(_file);
                if (_isNew) FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(_path))!);
                _isNew = false;
                return true;
            });
        }
    }

    public void Dispose()
    {
        try
        {
            WriteOut();
        }
        finally
        {
            _file.Dispose();
        }
    }

    private void WriteOut()
    {
        var length = _used;
        _used = 0;
        if (length > 0)
        {
            Guarded(() =>
            {
                _file.Write(_buffer, 0, length);
                return true;
            });
        }
    }

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", _path, failure);
        }
    }
}

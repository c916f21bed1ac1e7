using System.Text;

namespace ClusterTrain.Node.Cli;

/// <summary>
/// An output that outlives its reader: what is said after that is closed, or its disk is full, is lost, and nothing else. A run
/// of days shall not end because nobody listens.
/// </summary>
/// <param name="target">Where it goes.</param>
/// <param name="lost">Told once, when the first words are lost.</param>
internal sealed class LastingOutput(TextWriter target, Action<Exception> lost) : TextWriter
{
    private bool _isLost;

    public override Encoding Encoding => target.Encoding;

    /// <summary>Makes the process's standard output and error such ones.</summary>
    public static void Install()
    {
        Console.SetError(new LastingOutput(Console.Error, _ => { }));
        Console.SetOut(new LastingOutput(Console.Out, failure => Console.Error.WriteLine(
            $"warning: standard output cannot be written ({failure.Message}); the rest of it is lost")));
    }

    public override void Write(char value) => Guarded(() => target.Write(value));

    public override void Write(string? value) => Guarded(() => target.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guarded(() => target.Write(buffer, index, count));

    public override void WriteLine(string? value) => Guarded(() => target.WriteLine(value));

    public override void Flush() => Guarded(target.Flush);

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (_isLost) return;
            _isLost = true;
            lost(failure);
        }
    }
}

using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Ledger;

/// <summary>What is wrong with a ledger: one line for the user.</summary>
/// <param name="Step">The step whose line it is about; null if about the ledger as a whole.</param>
public sealed record LedgerProblem(long? Step, string Message);

/// <summary>A ledger as found.</summary>
/// <param name="Entries">Every line that could be read, in file order.</param>
/// <param name="Problems">Empty for an intact ledger.</param>
/// <param name="Head">SHA-256 of the last whole line, or the first chain value if there is none.</param>
/// <param name="TornBytes">
/// Length of a last line without its newline, the trace of a writer that was killed: a problem for verification, dropped
/// on resume. 0 if there is none.
/// </param>
public sealed record LedgerReading(
    IReadOnlyList<LedgerEntry> Entries, IReadOnlyList<LedgerProblem> Problems, string Head, int TornBytes);

/// <summary>
/// Reads a ledger and finds every change to it. Each line holds the hash of the one before, so a changed line shows in
/// the next line's chain value, and a changed chain value shows in its own line and the next.
/// </summary>
public static class LedgerReader
{
    /// <param name="expectedHead">
    /// SHA-256 of the last line as recorded elsewhere (summary, checkpoint): without it a change to the last line, or
    /// missing last lines, cannot be seen.
    /// </param>
    /// <exception cref="FileFailureException">The file cannot be read.</exception>
    public static LedgerReading Read(string path, string specHash, string? expectedHead = null) =>
        Parse(LedgerFile.ReadBytes(path), specHash, expectedHead);

    /// <summary>The same for a ledger in memory.</summary>
    public static LedgerReading Parse(ReadOnlyMemory<byte> content, string specHash, string? expectedHead = null)
    {
        var lines = LedgerFile.Lines(content, out var tornBytes);
        var scan = new Scan(LedgerLine.Genesis(specHash));
        foreach (var line in lines)
            scan.Add(line.Span);
        scan.NameChangedLines(expectedHead);
        if (tornBytes > 0)
        {
            scan.Report(
                scan.Expected,
                $"the line of step {scan.Expected} is torn: its writer was killed; --resume drops and rewrites it");
        }

        return new LedgerReading(scan.Entries, scan.Problems, scan.Head, tornBytes);
    }

    /// <summary>One pass over the lines; remembers where the chain is broken, then says which lines that means.</summary>
    private sealed class Scan(string genesis)
    {
        private readonly List<(long Step, bool Broken)> _links = [];
        private readonly HashSet<long> _reported = [];
        private readonly byte[] _digits = new byte[Sha256Hex.Digits];

        public List<LedgerEntry> Entries { get; } = [];

        public List<LedgerProblem> Problems { get; } = [];

        public string Head { get; private set; } = genesis;

        /// <summary>Step that the next line should have.</summary>
        public long Expected { get; private set; }

        public void Report(long? step, string message)
        {
            // One problem a step is enough: the first one found says most.
            if (step is null || _reported.Add(step.Value))
                Problems.Add(new LedgerProblem(step, message));
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            var line = LedgerLine.Parse(bytes);
            if (line is null)
            {
                Report(Expected, $"the line of step {Expected} was changed: it is not as a ledger's lines are written");
                // Its chain value cannot be trusted to be read; the next line's shows the change as well.
                _links.Add((Expected, false));
                Expected++;
            }
            else
            {
                Entries.Add(line.Entry);
                AddLink(line, broken: !string.Equals(line.Chain, Head, StringComparison.Ordinal));
            }

            LedgerLine.Hash(bytes, _digits);
            Head = Encoding.ASCII.GetString(_digits);
        }

        /// <summary>
        /// A break at one line alone: the line before it was changed. Breaks at lines a to b in a row: lines a to b - 1,
        /// for a changed chain value breaks both its own link and the next.
        /// </summary>
        public void NameChangedLines(string? expectedHead)
        {
            var headBroken = expectedHead is not null && !string.Equals(expectedHead, Head, StringComparison.Ordinal);
            var count = _links.Count;
            bool Broken(int link) => link < count ? _links[link].Broken : headBroken;
            for (var first = 0; first <= count; first++)
            {
                if (!Broken(first))
                    continue;
                var last = first;
                while (last < count && Broken(last + 1))
                    last++;
                NameRun(first, last, endKnown: expectedHead is not null);
                first = last;
            }
        }

        private void NameRun(int first, int last, bool endKnown)
        {
            for (var line = first; line < last; line++)
                Changed(line, "");
            if (first < last)
                return;
            if (first == 0 && _links.Count > 0)
                Report(null, "the ledger belongs to another spec, or its first line was changed");
            else if (first == _links.Count)
                ReportHead();
            else if (first == _links.Count - 1 && !endKnown)
                Changed(first - 1, $", or the line after it (step {_links[first].Step})");
            else
                Changed(first - 1, "");
        }

        private void ReportHead()
        {
            var last = Expected - 1;
            Report(
                _links.Count == 0 ? null : last,
                _links.Count == 0
                    ? "the ledger is empty, but its last line's hash was recorded"
                    : $"the line of step {last} was changed, or lines after it are missing: its hash is not the recorded one");
        }

        private void Changed(int line, string doubt)
        {
            var step = _links[line].Step;
            Report(step, $"the line of step {step} was changed{doubt}: the chain of hashes is broken");
        }

        private void AddLink(LedgerLine line, bool broken)
        {
            var step = line.Entry.Step;
            if (step == Expected)
            {
                _links.Add((step, broken));
                Expected++;
            }
            else if (!broken)
            {
                // In its place, but calling itself another step.
                Report(Expected, $"the line of step {Expected} was changed: it says step {step}");
                _links.Add((Expected, false));
                Expected++;
            }
            else
            {
                // Lines are gone, repeated or moved; that explains the broken chain as well.
                ReportMisplaced(step);
                _links.Add((step, false));
                Expected = step + 1;
            }
        }

        private void ReportMisplaced(long step)
        {
            if (step > Expected)
            {
                var range = step == Expected + 1 ? $"the line of step {Expected} is" : $"the lines of steps {Expected} to {step - 1} are";
                Report(Expected, $"{range} missing");
            }
            else
            {
                Report(step, $"the line of step {step} occurs again after step {Expected - 1}: twice or out of order");
            }
        }
    }
}

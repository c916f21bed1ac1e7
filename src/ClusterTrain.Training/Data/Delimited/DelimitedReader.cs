using System.Globalization;
using ClusterTrain.Training.Data.Sources;
using nietras.SeparatedValues;

namespace ClusterTrain.Training.Data.Delimited;

/// <summary>Reads tables of numbers with one column of classes from CSV and TSV files (RFC 4180), in any encoding that a byte-order mark names, else UTF-8.</summary>
internal static class DelimitedReader
{
    private const string Candidates = ",;\t|";
    private static readonly string[] LabelNames = ["label", "class", "target", "y"];

    /// <exception cref="DataException">The first thing that is wrong, with its line and column.</exception>
    public static FoundRows Read(string path, FolderSettings settings) => StoredFile.Open(path, file => Read(path, file, settings));

    /// <summary>The same from a file that is open.</summary>
    internal static FoundRows Read(string path, Stream file, FolderSettings settings) => StoredFile.Read(path, file, stream =>
    {
        try
        {
            return new Table(path, settings).Read(new StreamReader(stream, detectEncodingFromByteOrderMarks: true));
        }
        catch (Exception unreadable) when (unreadable is NotSupportedException or OverflowException or ArgumentException)
        {
            throw new DataException($"{path}: cannot be read as a table: {unreadable.Message.ReplaceLineEndings(" ")}");
        }
    });

    private sealed class Table(string path, FolderSettings settings)
    {
        private readonly List<float> _values = [];
        private readonly List<string> _labels = [];
        private readonly List<int> _lines = [];
        private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
        private string[]? _names;
        private int _cells;
        private int _label;
        private int _first;

        public FoundRows Read(TextReader text)
        {
            var start = Start(text, out var whole);
            if (start.AsSpan().TrimStart().StartsWith("<")) throw new DataException($"{path}: no table{StoredFile.Guess(path)}");
            using var reader = Sep.New(SeparatorOf(start)).Reader(options => options with
            {
                HasHeader = false, Unescape = true, DisableColCountCheck = true,
            }).From(whole);
            string[]? first = null;
            foreach (var row in reader)
            {
                if (row.ColCount == 1 && row[0].Span.IsWhiteSpace()) continue;
                var line = row.LineNumberToExcl - 1;
                if (_cells == 0 && first is null)
                {
                    first = Cells(row);
                    _lines.Add(line);
                    continue;
                }

                if (first is not null && _cells == 0) Begin(first, row);
                Add(row, line);
            }

            if (_cells == 0 && first is not null && settings.Header != HeaderChoice.Yes) throw new DataException($"{path}: one row alone; rows of two or more classes expected");
            if (_labels.Count == 0) throw new DataException($"{path}: empty: no row of numbers");
            var columns = _cells - 1 - _first;
            return new FoundRows(
                new NumberArray(path, [_labels.Count, columns], Bytes: null, [.. _values], AreIntegers: false),
                new FoundLabels(path, _labels, Numbers: null) { Place = row => $"line {_lines[row]}" })
            {
                Columns = _names is null ? [] : [.. _names.Where((_, i) => i != _label && i >= _first)],
            };
        }

        private static string[] Cells(SepReader.Row row)
        {
            var cells = new string[row.ColCount];
            for (var i = 0; i < cells.Length; i++) cells[i] = row[i].Span.Trim().ToString();
            return cells;
        }

        // With the second row it shows whether the first one names the columns.
        private void Begin(string[] first, SepReader.Row second)
        {
            var hasHeader = settings.Header == HeaderChoice.Yes;
            for (var i = 0; settings.Header == HeaderChoice.Auto && i < Math.Min(first.Length, second.ColCount); i++)
                hasHeader |= !IsNumber(first[i]) && IsNumber(second[i].Span);
            _cells = first.Length;
            if (_cells < 2) throw new DataException($"{path}: line {_lines[0]} has one cell; two or more expected, separated by comma, semicolon, tab or bar, or by what separator in {FolderSettings.FileName} says");
            if (hasHeader) _names = first;
            // A first column without a name holds row numbers, as pandas writes them.
            _first = hasHeader && first[0].Length == 0 ? 1 : 0;
            _label = LabelColumn(first.Length);
            if (_label < _first || _cells - _first < 2) throw new DataException($"{path}: no column beside that of the classes");
            var line = _lines[0];
            _lines.Clear();
            if (!hasHeader) Add(first, line);
        }

        private int LabelColumn(int cells)
        {
            if (settings.Label.Length == 0)
            {
                var usual = _names is null ? -1 : Array.FindIndex(_names, name => LabelNames.Contains(name, StringComparer.OrdinalIgnoreCase));
                return usual < 0 ? cells - 1 : usual;
            }

            var named = _names is null ? -1 : Array.IndexOf(_names, settings.Label);
            if (named >= 0) return named;
            if (int.TryParse(settings.Label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var place))
            {
                if (place == -1) return cells - 1;
                if (place >= 1 && place <= cells) return place - 1;
            }

            throw new DataException(
                $"{path}: no column '{settings.Label}', which {FolderSettings.FileName} calls that of the classes; "
                + (_names is null ? $"allowed: 1 to {cells}, or -1 for the last" : $"there are {string.Join(", ", _names.Take(20))}{(_names.Length > 20 ? " and so on" : "")}"));
        }

        private void Add(SepReader.Row row, int line)
        {
            RequireCells(row.ColCount, line);
            for (var i = _first; i < _cells; i++) Add(row[i].Span.Trim(), i, line);
            _lines.Add(line);
        }

        private void Add(string[] cells, int line)
        {
            for (var i = _first; i < _cells; i++) Add(cells[i], i, line);
            _lines.Add(line);
        }

        private void RequireCells(int found, int line)
        {
            if (found != _cells)
                throw new DataException($"{path}: line {line} has {found} cells, {_cells} expected as in the first row; a separator in a cell needs quotes around it, and a quote its other one");
        }

        private void Add(ReadOnlySpan<char> cell, int column, int line)
        {
            if (cell.IsEmpty) throw new DataException($"{path}: line {line}, column {NameOf(column)}: a missing cell; fill it in, or leave the row out");
            if (column == _label)
            {
                // Few different ones: each is kept once.
                if (!_texts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(cell, out var kept)) _texts[kept = cell.ToString()] = kept;
                _labels.Add(kept);
                return;
            }

            if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                throw new DataException(
                    $"{path}: line {line}, column {NameOf(column)}: '{Shown(cell)}' is no number; allowed are 1.5 and 2e-3 alike, with a point; "
                    + "write a column of words as numbers, or say with label which column the classes are");
            }

            if (!float.IsFinite((float)value))
                throw new DataException($"{path}: line {line}, column {NameOf(column)}: {Shown(cell)} is no finite single-precision number; fill it in, or leave the row out");
            if (_values.Count >= NumberArray.Most) throw new DataException($"{path}: more than the {NumberArray.Most} numbers that can be held");
            _values.Add((float)value);
        }

        private string NameOf(int column) => _names is null || _names[column].Length == 0 ? $"{column + 1}" : _names[column];

        private static string Shown(ReadOnlySpan<char> cell) => cell.Length > 40 ? $"{cell[..40]}..." : cell.ToString();

        private static bool IsNumber(ReadOnlySpan<char> cell) => double.TryParse(cell.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

        // The text before its first line break outside of quotes, and a reader of all of it.
        private static string Start(TextReader text, out TextReader whole)
        {
            var buffer = new char[1 << 14];
            var got = text.ReadBlock(buffer, 0, buffer.Length);
            whole = new Joined(new string(buffer, 0, got), text);
            var isQuoted = false;
            for (var i = 0; i < got; i++)
            {
                if (buffer[i] == '"') isQuoted = !isQuoted;
                else if (buffer[i] == '\n' && !isQuoted && i > 0) return new string(buffer, 0, i);
            }

            return new string(buffer, 0, got);
        }

        private char SeparatorOf(string start)
        {
            if (settings.Separator.Length > 0) return settings.Separator == "tab" ? '\t' : settings.Separator[0];
            var isQuoted = false;
            var counts = new int[Candidates.Length];
            foreach (var c in start)
            {
                if (c == '"') isQuoted = !isQuoted;
                else if (!isQuoted && Candidates.IndexOf(c, StringComparison.Ordinal) is var which and >= 0) counts[which]++;
            }

            return Candidates[Array.IndexOf(counts, counts.Max())];
        }
    }

    /// <summary>What was read of a text already, then the rest of it.</summary>
    private sealed class Joined(string start, TextReader rest) : TextReader
    {
        private int _at;

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            if (_at == start.Length) return rest.Read(buffer);
            var some = Math.Min(buffer.Length, start.Length - _at);
            start.AsSpan(_at, some).CopyTo(buffer);
            _at += some;
            return some;
        }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterTrain.Node.Tests.Progress;

/// <summary>What a terminal shows of what was written to it: rows of so many columns, the cursor's moves and erasures.</summary>
internal static partial class TerminalScreen
{
    /// <summary>The rows, without blanks at their ends.</summary>
    public static IReadOnlyList<string> Of(string written, int columns)
    {
        var rows = new List<char[]> { Blank(columns) };
        var (row, column) = (0, 0);
        for (var at = 0; at < written.Length; at++)
        {
            if (Sequence().Match(written, at) is { Success: true } sequence)
            {
                var number = int.TryParse(sequence.Groups[1].Value, CultureInfo.InvariantCulture, out var given) ? given : 0;
                switch (sequence.Groups[2].Value)
                {
                    case "A": row = Math.Max(0, row - Math.Max(1, number)); break;
                    case "B": MoveTo(row + Math.Max(1, number)); break;
                    case "C": column = Math.Min(columns - 1, column + Math.Max(1, number)); break;
                    case "D": column = Math.Max(0, column - Math.Max(1, number)); break;
                    case "G": column = Math.Max(0, number - 1); break;
                    case "K" when number == 2: rows[row] = Blank(columns); break;
                    case "K": Array.Fill(rows[row], ' ', Math.Min(column, columns), columns - Math.Min(column, columns)); break;
                    case "J": rows.RemoveRange(row + 1, rows.Count - row - 1); break;
                }

                at += sequence.Length - 1;
                continue;
            }

            switch (written[at])
            {
                case '\r': column = 0; break;
                case '\n': MoveTo(row + 1); column = 0; break;
                default:
                    // At the last column a terminal waits, and wraps with the next character.
                    if (column == columns)
                    {
                        MoveTo(row + 1);
                        column = 0;
                    }

                    rows[row][column++] = written[at];
                    break;
            }
        }

        return [.. rows.Select(cells => new string(cells).TrimEnd())];

        void MoveTo(int to)
        {
            row = to;
            while (rows.Count <= row) rows.Add(Blank(columns));
        }
    }

    private static char[] Blank(int columns) => [.. Enumerable.Repeat(' ', columns)];

    [GeneratedRegex(@"\G\e\[([?\d;]*)([A-Za-z])")]
    private static partial Regex Sequence();
}

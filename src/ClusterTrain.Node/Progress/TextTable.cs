namespace ClusterTrain.Node.Progress;

/// <summary>Columns of text, aligned; a row of one cell is a heading.</summary>
internal static class TextTable
{
    public static IEnumerable<string> Lines(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var columns = rows.Max(row => row.Count);
        var widths = Enumerable.Range(0, columns)
            .Select(column => rows.Where(row => row.Count > 1 && row.Count > column).Select(row => row[column].Length).DefaultIfEmpty(0).Max())
            .ToArray();
        return rows.Select(row => row.Count == 1
            ? row[0]
            : string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}

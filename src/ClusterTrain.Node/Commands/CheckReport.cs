using ClusterTrain.Node.Progress;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Footprint;

namespace ClusterTrain.Node.Commands;

/// <summary>What a spec's network has and costs, as lines of text.</summary>
internal static class CheckReport
{
    public static IEnumerable<string> Lines(LayerTable layers, RunMemory memory) =>
    [
        .. Layers(layers),
        "",
        .. Memory(memory),
        "",
        "A worker of one thread that is a process of its own, and the server; workers of the local engine are threads, and share",
        $"{RunMemory.Data} and {RunMemory.Versions} with the server.",
    ];

    private static IEnumerable<string> Layers(LayerTable table)
    {
        string[] total = ["total", "", "", Figures.Count(table.Parameters), Figures.Count(table.MultiplyAdds)];
        List<IReadOnlyList<string>> rows =
        [
            ["layer", "kind", "output", "parameters", "multiply-adds a row"],
            ["inputs", "", Shape(table.Input), "", ""],
            .. table.Rows.Select(row => (IReadOnlyList<string>)
            [
                new string(' ', 2 * row.Depth) + row.Path, row.Kind, Shape(row.Output), Number(row.Parameters), Number(row.MultiplyAdds),
            ]),
            total,
        ];
        var lines = TextTable.Lines(RightAligned(rows, 3, 4));
        return table.Statistics == 0 ? lines
            : lines.Append($"and {Figures.Plural(table.Statistics, "number")} of running statistics, which are not trained");
    }

    private static IEnumerable<string> Memory(RunMemory memory) => TextTable.Lines(RightAligned(
    [
        ["memory", "worker", "server"],
        .. memory.Rows.Where(row => row.Worker + row.Server > 0)
            .Select(row => (IReadOnlyList<string>)[row.What, Bytes(row.Worker), Bytes(row.Server)]),
        ["total", RunMemory.Text(memory.Worker), RunMemory.Text(memory.Server)],
    ], 1, 2));

    private static string Shape(MapShape shape) => shape.Area == 1 ? $"[{shape.Channels}]" : shape.ToString();

    private static string Number(long number) => number == 0 ? "-" : Figures.Count(number);

    private static string Bytes(long bytes) => bytes == 0 ? "-" : RunMemory.Text(bytes);

    private static List<IReadOnlyList<string>> RightAligned(List<IReadOnlyList<string>> rows, params int[] columns)
    {
        var widths = columns.ToDictionary(column => column, column => rows.Max(row => row[column].Length));
        return [.. rows.Select(row => (IReadOnlyList<string>)
            [.. row.Select((cell, column) => widths.TryGetValue(column, out var width) ? cell.PadLeft(width) : cell)])];
    }
}

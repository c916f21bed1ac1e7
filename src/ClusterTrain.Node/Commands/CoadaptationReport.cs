using System.Globalization;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Evaluation;

namespace ClusterTrain.Node.Commands;

/// <summary>Co-adaptation as <c>evaluate --coadaptation</c> shows it.</summary>
internal static class CoadaptationReport
{
    public static IEnumerable<string> Lines(IReadOnlyList<LayerCorrelation> layers)
    {
        yield return "Co-adaptation, mean |correlation| between the units of each hidden layer on these rows:";
        if (layers.Count == 0) yield return "  there is no hidden layer";
        List<IReadOnlyList<string>> table =
        [
            .. layers.Select(layer => (IReadOnlyList<string>)
            [
                $"layer {layer.Path}",
                layer.MeanCorrelation?.ToString("F4", CultureInfo.InvariantCulture) ?? "-",
                $"{layer.Units} units" + (layer.ConstantUnits > 0 ? $", {layer.ConstantUnits} of them constant and left out" : ""),
            ]),
        ];
        if (table.Count == 0) yield break;
        foreach (var line in TextTable.Lines(table)) yield return "  " + line;
    }
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas;

/// <summary>The parameters of one stage as a mask leaves them, read in place: nothing is copied but biases.</summary>
public sealed class KeptWeights(Stage stage)
{
    private readonly int[] _columns = !stage.RowsAreUnits || stage.ColumnGroup == 1 ? [] : new int[stage.Weight.Columns];
    private readonly float[] _bias = new float[stage.Output.Units];
    private ReadOnlyMemory<float> _parameters;
    private KeptUnits _inputs = null!;
    private KeptUnits _outputs = null!;
    private DrawnWeights? _drawn;
    private bool _isDrawn;

    /// <summary>Kept output units.</summary>
    public int Rows => _outputs.Count;

    /// <summary>Groups of the kept input units.</summary>
    public int Columns => _inputs.Count * stage.ColumnGroup;

    public void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        _parameters = parameters;
        (_inputs, _outputs) = (mask[stage.Input], mask[stage.Output]);
        _isDrawn = draw is { } some && stage.RowsAreUnits && (some.Noise > 0 || stage.WeightRate > 0);
        if (_isDrawn)
        {
            _drawn ??= new DrawnWeights(stage);
            _drawn.Fill(parameters.Span.Slice(stage.Weight.Offset, stage.Weight.Length), _outputs, _inputs, draw!.Value);
            return;
        }

        if (_columns.Length == 0 || _inputs.IsAll) return;
        var (group, next) = (stage.ColumnGroup, 0);
        foreach (var unit in _inputs.Indices)
            for (var i = 0; i < group; i++)
                _columns[next++] = (unit * group) + i;
    }

    /// <summary>W cut to the kept units: [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
    public MatrixView Matrix()
    {
        if (_isDrawn) return _drawn!.Matrix(Rows, Columns);
        var weights = _parameters.Span.Slice(stage.Weight.Offset, stage.Weight.Length);
        var columns = _columns.Length == 0 ? _inputs.Picks : _inputs.IsAll ? [] : _columns.AsSpan(0, Columns);

        // The counts are set once more because an empty pick reads as "every one", also where a site kept no unit.
        return new MatrixView(weights, stage.Weight.Rows, stage.Weight.Columns).Pick(_outputs.Picks, columns)
            with { Rows = Rows, Columns = Columns };
    }

    /// <summary>Takes a gradient [<see cref="Rows"/>, <see cref="Columns"/>] of <see cref="Matrix"/> back to the parameters.</summary>
    public void Backward(Span<float> gradient)
    {
        if (_isDrawn) _drawn!.Backward(gradient);
    }

    /// <summary>Biases of the kept outputs.</summary>
    public ReadOnlySpan<float> Bias()
    {
        if (!stage.HasBias) return [];
        var all = _parameters.Span.Slice(stage.Bias.Offset, stage.Bias.Length);
        if (_outputs.IsAll) return all;
        var indices = _outputs.Indices;
        for (var i = 0; i < indices.Length; i++) _bias[i] = all[indices[i]];
        return _bias.AsSpan(0, indices.Length);
    }
}

namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A layer with weights and what follows it: ReLU, or nothing, pooling, and the dropout site of its outputs.
/// </summary>
/// <param name="Weight">[out units, in units * <see cref="ColumnGroup"/>].</param>
/// <param name="Bias">[out units].</param>
/// <param name="Input">Site that is read.</param>
/// <param name="Output">Site that is written.</param>
/// <param name="Relu">Whether outputs are cut below zero.</param>
public abstract record Stage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, bool Relu)
{
    /// <summary>
    /// Where rows of a stage are numbered, its bias is one more: gradients are kept, added and committed row by row, the
    /// weight's rows from 0 on and then this one. Running statistics are rows of the weight too (<see cref="IsStatistic"/>).
    /// </summary>
    public const int BiasRow = -1;

    /// <summary>Neighbouring columns of the weight that belong to one input unit, and are dropped with it.</summary>
    public int ColumnGroup => Weight.Columns / Input.Units;

    /// <summary>Whether weight and bias are more than empty.</summary>
    public virtual bool HasParameters => true;

    /// <summary>Whether a row (<see cref="BiasRow"/> among them) holds running statistics, which no optimizer touches.</summary>
    public virtual bool IsStatistic(int row) => false;
}

using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// A step of a network's computation: it reads one site, or two that it joins, and writes the next one. Stage i writes site
/// i + 1.
/// </summary>
/// <param name="Weight">[out units, in units * <see cref="ColumnGroup"/>], or rows of numbers for each unit; possibly empty.</param>
/// <param name="Bias">[out units], or empty.</param>
/// <param name="Input">Site that is read.</param>
/// <param name="Output">Site that is written.</param>
public abstract record Stage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output)
{
    /// <summary>
    /// Where rows of a stage are numbered, its bias is one more: gradients are kept, added and committed row by row, the
    /// weight's rows from 0 on and then this one. Running statistics are rows of the weight too (<see cref="IsStatistic"/>).
    /// </summary>
    public const int BiasRow = -1;

    /// <summary>Position among the stages.</summary>
    public int Index => Output.Index - 1;

    /// <summary>Where its layer stands: what comes before the last point in its parameters' names.</summary>
    public string Path => Weight.Name[..Weight.Name.LastIndexOf('.')];

    /// <summary>Site that is joined with <see cref="Input"/>, its equal in units and mask; null for most.</summary>
    public virtual UnitSite? Second => null;

    /// <summary>Whether outputs are cut below zero as they are stored.</summary>
    public bool Relu { get; init; }

    /// <summary>Neighbouring columns of the weight that belong to one input unit, and are dropped with it.</summary>
    public int ColumnGroup => Weight.Columns / Input.Units;

    /// <summary>Whether weight or bias are more than empty.</summary>
    public bool HasParameters => Weight.Length + Bias.Length > 0;

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias => Bias.Length > 0;

    /// <summary>Whether a weight's rows are the output units, dropped with them, and its columns the input units.</summary>
    public virtual bool RowsAreUnits => true;

    /// <summary>Whether units stay what they are, one output of each input unit.</summary>
    public virtual bool KeepsUnits => false;

    /// <summary>Positions at which one example meets each weight.</summary>
    public virtual int Positions => 1;

    /// <summary>Positions of an output that one input takes part in: of a kernel, its area.</summary>
    public virtual int FanArea => 1;

    /// <summary>Probability with which a weight is dropped in training (Wan et al. 2013); 0 without DropConnect.</summary>
    public double WeightRate { get; init; }

    /// <summary>Share of a step's statistics in the running ones.</summary>
    public virtual double StatisticMomentum => 0;

    /// <summary>Whether a shard's rows influence each other in training.</summary>
    public virtual bool MixesRows => false;

    /// <summary>Whether its kernel keeps a copy of the kept weight for each direction, laid out for products.</summary>
    public virtual bool PacksWeight => false;

    /// <summary>
    /// Floats that its kernel takes for batches of up to <paramref name="maxBatch"/> rows, beyond what it writes and what it
    /// packs: for estimates, so that small change may be left out.
    /// </summary>
    public virtual long ScratchFloats(int maxBatch) => 0;

    /// <summary>The named tensors, as they lie in the flat vector.</summary>
    public virtual IEnumerable<ParameterTensor> Tensors => new[] { Weight, Bias }.Where(tensor => tensor.Length > 0);

    /// <summary>Whether a row (<see cref="BiasRow"/> among them) holds running statistics, which no optimizer touches.</summary>
    public virtual bool IsStatistic(int row) => false;

    /// <summary>The same stage over sites as they have become.</summary>
    public virtual Stage Over(IReadOnlyList<UnitSite> sites) => this with { Input = sites[Input.Index], Output = sites[Output.Index] };

    /// <summary>How weights begin.</summary>
    public WeightInit Init { get; init; }

    /// <summary>First values of the parameters: those of a layer with weights, by <see cref="Init"/>.</summary>
    /// <param name="parameters">The network's flat vector.</param>
    /// <param name="weights">Random numbers for the weight.</param>
    /// <param name="biases">Random numbers for the bias.</param>
    public virtual void Initialize(Span<float> parameters, RandomStream weights, RandomStream biases)
    {
        var (inputs, outputs) = ((double)Weight.Columns, (double)Weight.Rows);
        var bound = (float)(Init switch
        {
            WeightInit.He => Math.Sqrt(6 / inputs),
            WeightInit.Xavier => Math.Sqrt(6 / (inputs + (outputs * FanArea))),
            WeightInit.Zero => 0,
            _ => 1.0 / Math.Sqrt(inputs),
        });
        weights.FillUniform(parameters.Slice(Weight.Offset, Weight.Length), -bound, bound);
        if (Init != WeightInit.Default) bound = 0;
        biases.FillUniform(parameters.Slice(Bias.Offset, Bias.Length), -bound, bound);
    }
}

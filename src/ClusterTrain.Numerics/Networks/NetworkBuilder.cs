namespace ClusterTrain.Numerics.Networks;

/// <summary>Gathers what layers, whose places were checked, become: sites, stages, parameters, and who is dropped with whom.</summary>
public sealed class NetworkBuilder
{
    private readonly List<UnitSite> _sites;
    private readonly List<Stage> _stages = [];

    // Masks that no dropout may be given any more: somebody reads those units, or adds to them, who needs all.
    private readonly HashSet<int> _settled = [];
    private int _current;

    // Up to here, sites have readers that a stage which is changed afterwards would change too.
    private int _readBeyond;

    internal NetworkBuilder(MapShape input) => _sites = [new(0, input.Channels, 0, input.Area)];

    /// <summary>What the next layer reads.</summary>
    public UnitSite Site => _sites[_current];

    /// <summary>The stage that wrote <see cref="Site"/>, where nothing else reads it; null for the inputs.</summary>
    public Stage? Last => _current <= _readBeyond || _current != _sites.Count - 1 ? null : _stages[^1];

    /// <summary>Whether a dropout may still take units of <see cref="Site"/> and of all that share its mask.</summary>
    public bool IsFree => !_settled.Contains(Site.MaskIndex);

    /// <summary>The site that the next stage writes, with units and a mask of its own.</summary>
    /// <param name="units">Features, or channels of maps.</param>
    /// <param name="area">Positions of a unit.</param>
    public UnitSite Next(int units, int area = 1) => new(_sites.Count, units, 0, area);

    /// <summary>The site that the next stage writes, where units are those of <see cref="Site"/> and dropped with them.</summary>
    public UnitSite NextOfSame(int area)
    {
        Change(Site with { IsScaledLater = true });
        return Next(Site.Units, area) with { MaskIndex = Site.MaskIndex, Rate = Site.Rate, IsClassic = Site.IsClassic };
    }

    /// <summary>Adds a stage; its output is what comes next.</summary>
    public void Push(Stage stage)
    {
        _stages.Add(stage);
        _sites.Add(stage.Output);
        _current = stage.Output.Index;
    }

    /// <summary>Puts another stage in the place of <see cref="Last"/>.</summary>
    public void Swap(Stage stage)
    {
        _stages[^1] = stage;
        _sites[_current] = stage.Output;
    }

    /// <summary>Drops units of <see cref="Site"/>, and of all sites that share its mask, in training.</summary>
    public void Drop(double rate, bool isClassic)
    {
        var mask = Site.MaskIndex;
        for (var i = 0; i < _sites.Count; i++)
            if (_sites[i].MaskIndex == mask)
                _sites[i] = _sites[i] with { Rate = rate, IsClassic = isClassic };
    }

    /// <summary>
    /// Lets several branches begin at <see cref="Site"/>: what came before stays as it is from now on, activation and dropout
    /// included.
    /// </summary>
    /// <returns>What <see cref="Return"/> takes.</returns>
    public int Fork()
    {
        _settled.Add(Site.MaskIndex);
        return _readBeyond = _current;
    }

    /// <summary>Begins another branch where <see cref="Fork"/> was called.</summary>
    public void Return(int fork) => _current = fork;

    /// <summary>
    /// The site that a sum of <see cref="Site"/> and another one writes: the same units, which share one mask with both where
    /// nobody else reads them, so that a dropout behind cuts both ends; else none of the three may be dropped.
    /// </summary>
    public UnitSite NextOfSum(int other)
    {
        var (first, second) = (_sites[other].MaskIndex, Site.MaskIndex);
        var sum = Next(Site.Units, Site.Area);
        if (_settled.Contains(first) || _settled.Contains(second))
        {
            _settled.UnionWith([first, second, sum.Index]);
            return sum;
        }

        var mask = Math.Min(first, second);
        for (var i = 0; i < _sites.Count; i++)
            if (_sites[i].MaskIndex == first || _sites[i].MaskIndex == second)
                _sites[i] = _sites[i] with { MaskIndex = mask, IsScaledLater = true };
        return sum with { MaskIndex = mask };
    }

    /// <summary>Keeps every unit of <see cref="Site"/>: whoever reads it next has to see all of them.</summary>
    public void Settle() => _settled.Add(Site.MaskIndex);

    /// <summary>The same for the site that the next stage writes.</summary>
    public void SettleNext() => _settled.Add(_sites.Count);

    /// <summary>What a site is, by its index.</summary>
    public UnitSite this[int site] => _sites[site];

    /// <summary>Parameters of the next stage: weight [shape], and a bias of one number each of its first side.</summary>
    /// <param name="path">Where the layer stands.</param>
    /// <param name="shape">[out, in] or [out, in, kernel, kernel].</param>
    public (ParameterTensor Weight, ParameterTensor Bias) Parameters(string path, IReadOnlyList<int> shape, bool hasBias = true)
    {
        var (units, columns, offset) = (shape[0], shape.Skip(1).Aggregate(1, (product, side) => product * side), Offset);
        var weight = new ParameterTensor($"{path}.weight", shape, offset, units, columns, IsPenalized: true);
        return (weight, new ParameterTensor($"{path}.bias", [units], offset + weight.Length, hasBias ? 1 : 0, units, IsPenalized: false));
    }

    /// <summary>Parameters of the next stage: rows of numbers for each unit of <see cref="Site"/>, exempt from penalties.</summary>
    /// <param name="path">Where the layer stands.</param>
    /// <param name="rows">Rows of the weight, 0 for none.</param>
    /// <param name="hasBias">Whether there is a row more, the bias.</param>
    public (ParameterTensor Weight, ParameterTensor Bias) UnitRows(string path, int rows, bool hasBias)
    {
        var (units, offset) = (Site.Units, Offset);
        var weight = new ParameterTensor($"{path}.weight", [rows, units], offset, rows, units, IsPenalized: false);
        return (weight, new ParameterTensor($"{path}.bias", [units], offset + weight.Length, hasBias ? 1 : 0, units, IsPenalized: false));
    }

    private int Offset => _stages.Count == 0 ? 0 : _stages[^1].Bias.Offset + _stages[^1].Bias.Length;

    internal (IReadOnlyList<UnitSite> Sites, IEnumerable<Stage> Stages) Finish() => (_sites, _stages.Select(stage => stage.Over(_sites)));

    private void Change(UnitSite site) => _sites[site.Index] = site;
}

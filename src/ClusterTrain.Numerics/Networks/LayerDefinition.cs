namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// One layer of a network as users list it: its options, where it may stand, and what it becomes. Sizes that follow from the
/// layer before are not repeated. A kind of layer is a record of this type and a line in the catalogue.
/// </summary>
public abstract record LayerDefinition
{
    /// <summary>Whether it reads maps (true), plain features (false), or either (null): then the next layer decides.</summary>
    public virtual bool? ReadsMaps => null;

    /// <summary>Scores that it makes where it stands last, one a class; null for layers that cannot stand last.</summary>
    public virtual int? Scores => null;

    /// <summary>Whether it drops units in training: what masks are drawn for.</summary>
    public virtual bool DropsUnits => false;

    /// <summary>Option that decides how many weights there are, to blame when they are too many.</summary>
    public virtual string SizeOption => "";

    /// <summary>Lists of layers inside it, by the name of their option; empty for most.</summary>
    public virtual IReadOnlyList<(string Name, IReadOnlyList<LayerDefinition> Layers)> Branches => [];

    /// <summary>The same layer with its lists changed, inner ones first; itself where it has none.</summary>
    public virtual LayerDefinition With(Func<IReadOnlyList<LayerDefinition>, IReadOnlyList<LayerDefinition>> change) => this;

    /// <summary>What it makes of what stands before it, or why it cannot stand there.</summary>
    public abstract LayerPlace Place(LayerContext here);

    /// <summary>Why the layer behind it cannot stand there, where it is this one that minds; null when it can.</summary>
    public virtual string? Minds(LayerDefinition next) => null;

    /// <summary>Adds its sites, stages and parameters; its place was checked.</summary>
    public abstract void Build(NetworkBuilder network, LayerPlace place);

    /// <summary>Adds what it does at inference; nothing for layers that do nothing there.</summary>
    /// <exception cref="NotSupportedException">It has no such description.</exception>
    public virtual void Describe(InferenceGraph graph, LayerPlace place) =>
        throw new NotSupportedException($"{GetType().Name} has no description for other programs");

    /// <summary>It stands here, keeps the shape, and what was said of the units before holds behind it.</summary>
    protected LayerPlace Passes(LayerContext here) => new(this, here, here with { Before = this });

    /// <summary>It stands here and makes units of its own.</summary>
    /// <param name="output">Shape of what it makes.</param>
    /// <param name="weights">Weights it has, biases not counted.</param>
    protected LayerPlace Makes(LayerContext here, MapShape output, long weights = 0) => new(this, here, here with
    {
        Before = this, Shape = output, IsDropped = false, IsInput = false,
    })
    { Weights = weights };

    /// <summary>It cannot stand here.</summary>
    /// <param name="problem">Why, and what can, as one sentence without its full stop.</param>
    /// <param name="isOfSizes">Whether it is the sizes of what it reads, and not the layers before.</param>
    protected LayerPlace Refuses(LayerContext here, string problem, bool isOfSizes = false) =>
        new(this, here, here) { Problem = problem, IsOfSizes = isOfSizes };
}

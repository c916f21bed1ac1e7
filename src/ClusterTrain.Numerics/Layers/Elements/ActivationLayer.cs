using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>
/// A function of every value by itself, forward beside backward; by fixed arithmetic, so that every machine gives the same
/// bits. A new one is a record of this type and a line in the catalogue of layers.
/// </summary>
public abstract record ActivationLayer : LayerDefinition
{
    /// <summary>Whether it falls nowhere, and so commutes with max pooling.</summary>
    public abstract bool IsMonotone { get; }

    /// <summary>Whether f(c z) = c f(z) for c of 0 and above, so that it may stand behind dropout as well.</summary>
    public virtual bool IsHomogeneous => false;

    /// <summary>a = f(z), in place. [n].</summary>
    public abstract void Forward(Span<float> z);

    /// <summary>dz = da f'(z), written over <paramref name="da"/>. All [n].</summary>
    /// <param name="z">What <see cref="Forward"/> read; empty when <see cref="NeedsInput"/> is false.</param>
    /// <param name="a">What it wrote.</param>
    public abstract void Backward(ReadOnlySpan<float> z, ReadOnlySpan<float> a, Span<float> da);

    /// <summary>Whether the derivative cannot be told from f(z) alone.</summary>
    public virtual bool NeedsInput => false;

    /// <summary>The function by its definition, for tests and for people.</summary>
    public abstract double Value(double z);

    /// <summary>Its derivative by definition.</summary>
    public abstract double Derivative(double z);

    public override LayerPlace Place(LayerContext here)
    {
        var name = LayerType.NameOf(GetType());
        if (here.IsInput) return Refuses(here, $"{name} cannot stand here: it follows a layer, not the inputs");
        if (!here.IsDropped) return Makes(here, here.Shape);
        return IsHomogeneous ? Passes(here) : Refuses(here, $"{name} cannot stand here: it stands before dropout, not behind it");
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        if (network.Last is IActivatedStage last && last.Activated(this) is { } activated) network.Swap(activated);
        else network.Push(ElementStage.Over(network, place, normalization: null, this));
    }
}

/// <summary>A stage that may apply an activation to what it writes.</summary>
public interface IActivatedStage
{
    /// <summary>The same stage with the activation on top; null when it cannot take it.</summary>
    Stage? Activated(ActivationLayer activation);
}

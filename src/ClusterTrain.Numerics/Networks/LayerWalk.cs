namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// Follows an example's shape through a list of layers and finds the first layer that cannot stand where it does. The
/// one place that knows which layer may follow which.
/// </summary>
public sealed class LayerWalk
{
    private bool _isFlat;
    private bool _hasWeights;
    private bool _isConvolved;
    private bool _isPooled;
    private bool _isFlattened;
    private bool _isActivated;
    private bool _isNormalized;
    private bool _dropsWeights;
    private bool _isDropped;

    private LayerWalk(bool isFlat) => _isFlat = isFlat;

    /// <summary>
    /// The layers in order; the walk ends with the first one that has a problem. Images become plain features when the
    /// first layer that is no dropout reads features.
    /// </summary>
    public static IReadOnlyList<LayerPlace> Over(MapShape input, IReadOnlyList<LayerDefinition> layers)
    {
        var walk = new LayerWalk(ReadsFeatures(layers));
        var (places, shape) = (new List<LayerPlace>(), InputOf(input, layers));
        foreach (var layer in layers)
        {
            places.Add(walk.Place(layer, shape));
            if (places[^1].Problem is not null) break;
            shape = places[^1].Output;
        }

        return places;
    }

    /// <summary>An example as the first layer reads it.</summary>
    public static MapShape InputOf(MapShape input, IReadOnlyList<LayerDefinition> layers) =>
        ReadsFeatures(layers) ? MapShape.Flat(input.Features) : input;

    private static bool ReadsFeatures(IReadOnlyList<LayerDefinition> layers) =>
        layers.FirstOrDefault(layer => layer is not LayerDefinition.Dropout)
            is not (LayerDefinition.Conv2d or LayerDefinition.MaxPool);

    private LayerPlace Place(LayerDefinition layer, MapShape shape)
    {
        if (_dropsWeights && layer is not LayerDefinition.Dense)
            return No(layer, shape, "dropConnect drops the weights of a dense layer, which must follow it directly");
        return PlaceOf(layer, shape);
    }

    private LayerPlace PlaceOf(LayerDefinition layer, MapShape shape) => layer switch
    {
        LayerDefinition.Dense dense => Dense(dense, shape),
        LayerDefinition.Conv2d conv => Conv(conv, shape),
        LayerDefinition.MaxPool pool => Pool(pool, shape),
        LayerDefinition.Flatten => Flatten(layer, shape),
        LayerDefinition.Relu => Activation(layer, shape, "relu"),
        LayerDefinition.LeakyRelu => Activation(layer, shape, "leakyRelu"),
        LayerDefinition.Tanh => Activation(layer, shape, "tanh"),
        LayerDefinition.Sigmoid => Activation(layer, shape, "sigmoid"),
        LayerDefinition.BatchNorm => Normalize(layer, shape),
        LayerDefinition.DropConnect => DropWeights(layer, shape),
        LayerDefinition.Dropout => Dropout(layer, shape),
        _ => throw new ArgumentException($"No place for {layer.GetType().Name}.", nameof(layer)),
    };

    private LayerPlace Dense(LayerDefinition.Dense dense, MapShape shape)
    {
        if (!_isFlat) return No(dense, shape, $"dense reads features, but here are maps {shape}: put flatten before it");
        Enter(isConvolved: false);
        return new(dense, shape, MapShape.Flat(dense.Units), (long)shape.Features * dense.Units, null);
    }

    private LayerPlace Conv(LayerDefinition.Conv2d conv, MapShape shape)
    {
        if (_isFlat) return No(conv, shape, "conv2d reads maps, but here are features: it stands before flatten and dense");
        if (!conv.Window.Fits(shape))
        {
            return No(conv, shape, $"conv2d has a kernel of {conv.Kernel} x {conv.Kernel}, larger than the padded map of "
                + $"{shape.Height + (2 * conv.Padding)} x {shape.Width + (2 * conv.Padding)} it reads") with { IsTooLarge = true };
        }

        Enter(isConvolved: true);
        return new(
            conv, shape, conv.Window.Over(shape, conv.Channels), (long)shape.Channels * conv.Channels * conv.Window.Area, null);
    }

    private LayerPlace Pool(LayerDefinition.MaxPool pool, MapShape shape)
    {
        if (!_isConvolved || _isPooled || _isFlattened || _isDropped)
            return No(pool, shape, "maxPool follows conv2d, its batchNorm or its activation, once, with dropout and flatten after it");
        if (!pool.Window.Fits(shape))
        {
            return No(pool, shape, $"maxPool has blocks of {pool.Size} x {pool.Size}, larger than the map of "
                + $"{shape.Height} x {shape.Width} it reads") with { IsTooLarge = true };
        }

        _isPooled = true;
        return new(pool, shape, pool.Window.Over(shape, shape.Channels), 0, null);
    }

    private LayerPlace Flatten(LayerDefinition flatten, MapShape shape)
    {
        if (_hasWeights && _isFlat) return No(flatten, shape, "flatten follows maps, but here are features already");
        (_isFlat, _isFlattened) = (true, true);
        return new(flatten, shape, MapShape.Flat(shape.Features), 0, null);
    }

    private LayerPlace Activation(LayerDefinition layer, MapShape shape, string name)
    {
        if (!_hasWeights || _isActivated || _isDropped)
        {
            return No(layer, shape,
                $"{name} cannot stand here: it follows dense, conv2d, batchNorm or maxPool, once, with dropout after it");
        }

        _isActivated = true;
        return new(layer, shape, shape, 0, null);
    }

    private LayerPlace Normalize(LayerDefinition layer, MapShape shape)
    {
        if (!_hasWeights || _isNormalized || _isActivated || _isPooled || _isFlattened || _isDropped)
        {
            return No(layer, shape,
                "batchNorm directly follows dense or conv2d, once, with the activation, maxPool and dropout after it");
        }

        _isNormalized = true;
        return new(layer, shape, shape, 0, null);
    }

    private LayerPlace DropWeights(LayerDefinition layer, MapShape shape)
    {
        _dropsWeights = true;
        return new(layer, shape, shape, 0, null);
    }

    private LayerPlace Dropout(LayerDefinition dropout, MapShape shape)
    {
        if (_isDropped)
        {
            return No(dropout, shape,
                "dropout cannot stand here: it follows the input, dense, conv2d, maxPool, batchNorm or an activation, each at most once");
        }

        if (_isFlattened && _isConvolved)
            return No(dropout, shape, "dropout stands before flatten, where it drops whole channels");
        _isDropped = true;
        return new(dropout, shape, shape, 0, null);
    }

    private void Enter(bool isConvolved)
    {
        (_hasWeights, _isConvolved) = (true, isConvolved);
        (_isPooled, _isFlattened, _isActivated, _isDropped) = (false, false, false, false);
        (_isNormalized, _dropsWeights) = (false, false);
    }

    private static LayerPlace No(LayerDefinition layer, MapShape shape, string problem) => new(layer, shape, shape, 0, problem);
}

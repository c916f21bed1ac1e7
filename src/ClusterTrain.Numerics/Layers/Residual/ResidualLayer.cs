using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Residual;

/// <summary>
/// y = main(x) + shortcut(x) (He et al. 2016), where an empty shortcut is the identity. Parameters inside are named after their
/// branch: <c>3.main.0.weight</c>.
/// </summary>
public sealed record ResidualLayer : LayerDefinition
{
    public static readonly LayerType Kind = LayerType.Of<ResidualLayer>(
        "The sum of two branches over the same input, layers of their own each: what `main` makes and what `shortcut` makes");

    [Option("Layers of the main branch", IsRequired = true)]
    public IReadOnlyList<LayerDefinition> Main { get; init; } = [];

    [Option("Layers of the shortcut; none is the identity")]
    public IReadOnlyList<LayerDefinition> Shortcut { get; init; } = [];

    public override IReadOnlyList<(string Name, IReadOnlyList<LayerDefinition> Layers)> Branches => [("main", Main), ("shortcut", Shortcut)];

    public override LayerDefinition With(Func<IReadOnlyList<LayerDefinition>, IReadOnlyList<LayerDefinition>> change) =>
        this with { Main = change(Main), Shortcut = change(Shortcut) };

    public override LayerPlace Place(LayerContext here)
    {
        if (Main.Count == 0) return Refuses(here, "residual wants layers in main; without any it only doubles what it reads");
        if (here.IsFlattened) return Refuses(here, "residual stands before flatten, or behind the first dense");
        if (here.IsDropped && Shortcut.Count == 0)
        {
            return Refuses(
                here,
                "the dropout before this residual would cut its sum, whose shortcut is the identity: put the dropout between the layers of "
                + "main, or give the shortcut a conv2d of kernel 1");
        }

        var main = LayerWalk.Through(here, Main, $"{here.Path}.main.");
        var shortcut = LayerWalk.Through(here, Shortcut, $"{here.Path}.shortcut.");
        var place = Judged(here, main, shortcut);
        return place with { Branches = [main, shortcut] };
    }

    public override void Build(NetworkBuilder network, LayerPlace place)
    {
        var fork = network.Fork();
        foreach (var inner in place.Branches[0]) inner.Layer.Build(network, inner);
        var main = network.Site.Index;
        network.Return(fork);
        foreach (var inner in place.Branches[1]) inner.Layer.Build(network, inner);
        var (weight, bias) = network.UnitRows(place.Path, 0, hasBias: false);
        var (first, second, sum) = (network[main], network.Site, network.NextOfSum(main));
        network.Push(new SumStage(weight, bias, first, second, sum));
    }

    public override void Describe(InferenceGraph graph, LayerPlace place)
    {
        var x = graph.Value;
        graph.Add(place.Branches[0]);
        var main = graph.Value;
        graph.Value = x;
        graph.Add(place.Branches[1]);
        graph.Enter(place);
        graph.Add("Add", [main, graph.Value]);
    }

    public bool Equals(ResidualLayer? other) =>
        other is not null && Main.SequenceEqual(other.Main) && Shortcut.SequenceEqual(other.Shortcut);

    public override int GetHashCode() => Main.Concat(Shortcut).Aggregate(Main.Count, HashCode.Combine);

    private LayerPlace Judged(LayerContext here, IReadOnlyList<LayerPlace> main, IReadOnlyList<LayerPlace> shortcut)
    {
        if (LayerWalk.Problem(main) is not null || LayerWalk.Problem(shortcut) is not null) return Passes(here);
        var ends = new[] { ("main", main[^1].After), ("shortcut", shortcut.Count == 0 ? here : shortcut[^1].After) };
        foreach (var (name, end) in ends)
        {
            if (end.Before?.Minds(this) is { } problem) return Refuses(here, $"{name} ends with a layer that wants another one behind it: {problem}");
            if (end.IsDropped)
            {
                return Refuses(
                    here, $"the dropout at the end of {name} would cut the sum, which needs every unit: put it before the last layer with "
                    + "weights of the branch, or behind the residual");
            }

            if (end.IsFlattened) return Refuses(here, $"{name} ends with flatten; put it behind the residual");
        }

        var (a, b) = (ends[0].Item2, ends[1].Item2);
        if (a.IsFlat != b.IsFlat)
        {
            var (maps, features) = a.IsFlat ? ("the shortcut", "main") : ("main", "the shortcut");
            return Refuses(
                here, $"residual adds equal shapes, but {maps} makes maps and {features} features: end both with maps, or both with globalAvgPool");
        }

        // What differs in channels differs for all data; whether heights and widths do, the data decide.
        if (a.Shape.Channels != b.Shape.Channels)
        {
            var what = a.IsFlat ? "features" : "channels";
            return Refuses(
                here, $"residual adds equal shapes, but main makes {a.Shape.Channels} {what} and the shortcut {b.Shape.Channels}: "
                + Cure(a), isOfSizes: here.IsInput);
        }

        if (a.Shape != b.Shape)
        {
            return Refuses(
                here, $"residual adds equal shapes, but main makes maps of {a.Shape.Height} x {a.Shape.Width} and the shortcut of "
                + $"{b.Shape.Height} x {b.Shape.Width}: {Cure(a)}, or let main keep the size by padding: same and stride: 1", isOfSizes: true);
        }

        var place = Makes(here, a.Shape);
        return place with { After = place.After with { IsFlat = a.IsFlat } };
    }

    private static string Cure(LayerContext main) => main.IsFlat
        ? $"let the shortcut be a dense of {main.Shape.Channels} units, or main end with as many as it reads"
        : $"let the shortcut be a conv2d of kernel 1 with {main.Shape.Channels} channels and the stride of main";
}

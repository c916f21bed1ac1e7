using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Import;

/// <summary>Steps as the layers of a network, and the numbers of these under the names that they have in checkpoints.</summary>
internal sealed class LayerAssembly
{
    private readonly string _file;
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, Weight> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

    private LayerAssembly(string file) => _file = file;

    public IReadOnlyList<LayerDefinition> Layers { get; private set; } = [];

    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyDictionary<string, Weight> Tensors => _tensors;

    /// <param name="file">As messages name it.</param>
    /// <param name="input">Shape of a row.</param>
    /// <exception cref="ImportException">A step is no layer where it stands.</exception>
    public static LayerAssembly Of(string file, IReadOnlyList<int> input, IReadOnlyList<Step> steps)
    {
        var made = new LayerAssembly(file);
        if (steps is [.., SoftmaxStep last])
        {
            made._notes.Add($"{file}: {last.Place} is left out: attacks read the scores before it, whose order is the same");
            steps = [.. steps.SkipLast(1)];
        }

        var settled = made.Settled(steps, isWhole: true);
        if (settled is [LayerStep { Layer: NormalizeLayer } first, ..] && input.Count == 1)
            settled.Insert(1, new LayerStep(first.Place, new FlattenLayer()));
        made.Layers = made.Named(settled, "");
        made.Check(input);
        return made;
    }

    private void Check(IReadOnlyList<int> input)
    {
        if (LayerWalk.Problem(LayerWalk.Over(MapShape.Of(input), Layers)) is { } wrong)
            throw new ImportException($"{_file}: {_places[wrong.Path]}: {wrong.Problem}");
        if (Layers.Count == 0 || Layers[^1] is not DenseLayer)
        {
            throw new ImportException(
                $"{_file}: {(Layers.Count == 0 ? "the graph has no layer" : $"{_places[$"{Layers.Count - 1}"]} is its last layer")}; allowed: Gemm or MatMul, with one score a class, and Softmax behind it");
        }
    }

    /// <summary>The layers alone, with scales and shifts between them made part of them.</summary>
    private List<Step> Settled(IReadOnlyList<Step> steps, bool isWhole)
    {
        var (done, waiting) = (new List<Step>(), default(Step));
        foreach (var step in steps)
        {
            switch (step)
            {
                case AffineStep affine:
                    waiting = waiting switch { null => affine, AffineStep earlier => earlier.Then(affine), _ => throw Stranded(waiting) };
                    break;
                case ChannelsLastStep:
                    waiting = waiting is null ? step : throw Stranded(waiting);
                    break;
                case LayerStep layer:
                    waiting = Behind(done, waiting, layer, isWhole);
                    break;
                case SumStep sum:
                    if (waiting is AffineStep before && Taken(done, before, isWhole)) waiting = null;
                    done.Add(waiting is null ? sum : throw Stranded(waiting));
                    break;
                default:
                    throw Stranded(step);
            }
        }

        if (waiting is AffineStep left && Taken(done, left, isWhole)) waiting = null;
        return waiting is null ? done : throw Stranded(waiting);
    }

    /// <summary>Adds a layer behind a step that waits for one, and gives what still waits.</summary>
    private Step? Behind(List<Step> done, Step? waiting, LayerStep layer, bool isWhole)
    {
        switch (waiting)
        {
            case null:
            case AffineStep affine when Taken(done, affine, isWhole):
                done.Add(layer);
                return null;
            case AffineStep affine when AffineFolding.Into(affine, layer) is var (taken, rest):
                done.Add(taken);
                return rest;
            case ChannelsLastStep when layer.Layer is FlattenLayer:
                done.Add(layer);
                return waiting;
            case ChannelsLastStep last when layer.Layer is DenseLayer:
                done.Add(layer.With("weight", Reordered(layer.Parts["weight"], last)));
                return null;
            default:
                throw Stranded(waiting);
        }
    }

    private static bool Taken(List<Step> done, AffineStep affine, bool isWhole)
    {
        if (done is [.., LayerStep before] && AffineFolding.Into(before, affine) is { } with)
        {
            done[^1] = with;
            return true;
        }

        if (done.Count > 0 || !isWhole || AffineFolding.First(affine) is not { } first) return false;
        done.Add(first);
        return true;
    }

    private List<LayerDefinition> Named(IReadOnlyList<Step> steps, string prefix)
    {
        var layers = new List<LayerDefinition>();
        foreach (var step in steps)
        {
            var path = FormattableString.Invariant($"{prefix}{layers.Count}");
            _places[path] = step.Place;
            if (step is SumStep sum)
            {
                layers.Add(new ResidualLayer
                {
                    Main = Named(Settled(sum.Main, isWhole: false), $"{path}.main."), Shortcut = Named(Settled(sum.Shortcut, isWhole: false), $"{path}.shortcut."),
                });
                continue;
            }

            var layer = (LayerStep)step;
            layers.Add(layer.Layer);
            foreach (var part in new[] { "weight", "bias", "running_mean", "running_var" })
                if (layer.Parts.TryGetValue(part, out var weight)) _tensors.Add($"{path}.{part}", weight);
        }

        return layers;
    }

    /// <summary>A dense weight whose inputs are ordered by position, for inputs that are ordered by channel.</summary>
    private static Weight Reordered(Weight weight, ChannelsLastStep last) => weight with
    {
        Make = () =>
        {
            var (values, inputs) = (weight.Make(), weight.Shape[1]);
            var turned = new float[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var (output, input) = Math.DivRem(i, inputs);
                turned[i] = values[(output * inputs) + (input % last.Area * last.Channels) + (input / last.Area)];
            }

            return turned;
        },
    };

    private ImportException Stranded(Step step) => new(
        $"{_file}: {step.Place}: no layer before or behind it takes it in; allowed: constants over the input, next to Conv, Gemm, MatMul or a normalization, and Erf in GELU");
}

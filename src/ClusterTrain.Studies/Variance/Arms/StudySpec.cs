using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Everything that decides a study's numbers: which ensembles are compared, how large, and by what recipes.</summary>
public sealed record StudySpec
{
    [Option("Name of the study, for people and folder names: letters, digits, '-', '_' and '.'")]
    public string Name { get; init; } = "variance";

    [Option("Seed that the members' seeds, the masks and the bootstrap are made from", Min = 0, Max = 1e15)]
    public long Seed { get; init; } = 1;

    [Option("Arms: a plain networks, b bootstrap resamples, c dropout networks, d masks of one dropout network, e the same masks on a plain network, f thinned networks with untied weights, g masks per shard, per example and from a pool")]
    public IReadOnlyList<ArmChoice> Arms { get; init; } =
        [ArmChoice.A, ArmChoice.B, ArmChoice.C, ArmChoice.D, ArmChoice.E, ArmChoice.F, ArmChoice.G];

    [Option("T: disjoint training sets, each of data.train rows", Min = 1, Max = 100, Unit = "sets")]
    public int Sets { get; init; } = 3;

    [Option("q: members of an arm on each training set; the first half is pool A, the second half pool B", Min = 2, Max = 256, Unit = "members")]
    public int Members { get; init; } = 16;

    [Option("k: sizes of the ensembles that are formed", Min = 1, Max = 256, Unit = "members")]
    public IReadOnlyList<int> EnsembleSizes { get; init; } = [1, 2, 4, 8, 16];

    [Option("Ensembles of one size that are formed; where there are more, so many are drawn", Min = 1, Max = 1_000_000, Unit = "ensembles")]
    public int MostEnsembles { get; init; } = 500;

    [Option("Test rows, from the file's start; 0 means as many as data.test of the recipes", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Rows { get; init; }

    [Option("Draws of the bootstrap over test rows", Min = 100, Max = 100_000, Unit = "draws", UsualMin = 1_000)]
    public int BootstrapDraws { get; init; } = 2_000;

    [Option("Confidence of the intervals", Min = 0.5, Max = 0.999)]
    public double Confidence { get; init; } = 0.95;

    [Option("Sub-networks in the pool of arm g", Min = 1, Max = 65_536, Unit = "sub-networks")]
    public int MaskPool { get; init; } = 16;

    [Option("Run spec of the arms with dropout, here or as the path of a file; the study sets name, seed, data.offset, data.bootstrap and the masks itself")]
    public RunSpec Dropout { get; init; } = new()
    {
        Data = new DataSpec { Train = 2_000 },
        Network = new NetworkSpec
        {
            Layers =
            [
                new DenseLayer { Units = 256 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
                new DenseLayer { Units = 10 },
            ],
        },
    };

    [Option("Run spec of the arms without dropout, here or as the path of a file; when left out, the dropout recipe without its dropout layers")]
    public RunSpec Plain { get; init; } = new();

    public bool Equals(StudySpec? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <summary>Canonical YAML, every default filled in: equal studies give equal bytes.</summary>
    public string Text => SpecWriter.Write(this, comments: false, []);

    /// <summary>A recipe without its layers of dropout and DropConnect.</summary>
    public static RunSpec WithoutDropout(RunSpec recipe) => recipe with
    {
        Network = new NetworkSpec { Layers = Without(recipe.Network.Layers) },
    };

    private static IReadOnlyList<LayerDefinition> Without(IReadOnlyList<LayerDefinition> layers) =>
        [.. layers.Where(layer => layer is not (DropoutLayer or DropConnectLayer)).Select(layer => layer.With(Without))];
}

using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

public sealed class VarianceFileTests
{
    private const string Recipe = """
        epochs: 3
        data: { name: glyphs, train: 500 }
        network: { layers: [ { type: dense, units: 20 }, { type: relu }, { type: dropout, rate: 0.5 }, { type: dense, units: 10 } ] }
        """;

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Folder(), "*-variance.yaml").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Shipped_EveryFile_LoadsWithoutAProblemUnderItsOwnName(string file)
    {
        var result = Load(File.ReadAllText(Path.Combine(Folder(), file)));

        Assert.Empty(result.Problems.Select(problem => problem.ToString()));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), result.Study!.Name);
    }

    [Fact]
    public void Default_InTheProgram_IsTheShippedFileAndTheProtocolsStudy()
    {
        Assert.Equal(File.ReadAllText(Path.Combine(Folder(), "fashion-mnist-variance.yaml")), ShippedStudies.Default());
        var study = Load(ShippedStudies.Default()).Study!;

        Assert.Equal((3, 16, 10_000, 10, 2_000), (study.Sets, study.Members, study.Dropout.Data.Train, study.Dropout.Epochs, study.BootstrapDraws));
        Assert.Equal(7, study.Arms.Count);
        var quick = ShippedStudies.Quick(study);
        Assert.Equal((1, 8), (quick.Sets, quick.Members));
        Assert.Equal([ArmChoice.A, ArmChoice.C, ArmChoice.D], quick.Arms);
        Assert.Empty(StudyRules.Check(quick));
        Assert.Empty(StudyRules.Check(ShippedStudies.OnGlyphs(quick)));
    }

    [Fact]
    public void Load_EmptyText_IsTheDefaultStudy()
    {
        var result = Load("");

        Assert.Empty(result.Problems);
        Assert.Equal(StudySpec.WithoutDropout(result.Study!.Dropout), result.Study.Plain);
        Assert.Equal(new StudySpec().Dropout, result.Study.Dropout);
    }

    [Fact]
    public void Load_ItsOwnText_GivesTheSameStudy()
    {
        var study = Load($"arms: [a, d]\nmembers: 8\nensembleSizes: [1, 4]\ndropout:\n{Indented(Recipe)}").Study!;

        var again = Load(study.Text);

        Assert.Empty(again.Problems);
        Assert.Equal(study, again.Study);
        Assert.Equal([1, 4], again.Study!.EnsembleSizes);
    }

    [Fact]
    public void Load_RecipeByPath_IsReadAsTrainWouldReadIt()
    {
        var study = VarianceFile.Load(new("arms: [a, c]\nsets: 1\ndropout: recipes/mine.yaml", "study.yaml", path => path == "recipes/mine.yaml" ? Recipe : throw new FileNotFoundException(path))).Study!;

        Assert.Equal(SpecLoader.Load(Recipe, "x").Spec, study.Dropout);
        Assert.DoesNotContain(study.Plain.Network.Layers, layer => layer is DropoutLayer);
        Assert.Equal(study.Dropout.Epochs, study.Plain.Epochs);
    }

    [Theory]
    [InlineData("arms: [a, z]", "arms[1]: wants one of a, b, c, d, e, f, g; 'z' is given")]
    [InlineData("arms: [c]", "arms: a is missing: the other arms are compared with it")]
    [InlineData("arms: [a, c, a]", "arms: an arm is named twice")]
    [InlineData("arms: { a: 1 }", "arms: wants a list such as [a, b]; a mapping is given")]
    [InlineData("members: 7", "members: 7 members do not make two pools of equal size; an even number is wanted")]
    [InlineData("members: 4\nensembleSizes: [1, 2]", "members: 4 members make pools of 2; an interval over models wants 3 in each: 6 or more")]
    [InlineData("members: 8", "ensembleSizes: an ensemble of 16 cannot be formed out of 8 members")]
    [InlineData("ensembleSizes: [2, 2]", "ensembleSizes: at least two different sizes are wanted, such as [1, 2, 4]")]
    [InlineData("sets: 0", "sets: '0' is out of range; allowed: 1 to 100 sets")]
    [InlineData("set: 2", "set: unknown key; did you mean 'sets'?")]
    [InlineData("name: ../x", "name: '../x' is no name")]
    [InlineData("dropout: missing.yaml", "dropout: the run spec 'missing.yaml' cannot be read")]
    public void Load_WrongInput_NamesWhatAndWhatIsAllowed(string line, string expected)
    {
        var text = line.StartsWith("dropout", StringComparison.Ordinal) ? line : $"{line}\ndropout:\n{Indented(Recipe)}";

        var result = VarianceFile.Load(new(text, "study.yaml", path => throw new FileNotFoundException("no such file")));

        Assert.Null(result.Study);
        Assert.Contains(result.Errors, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("data.train=0", "dropout.data.train: 0 takes all rows; 3 disjoint sets want a number of rows each")]
    [InlineData("data.offset=10", "dropout.data.offset: is set by the study")]
    [InlineData("data.bootstrap=1", "dropout.data.bootstrap: is set by the study")]
    [InlineData("network.layers[2].rate=0", "dropout.network.layers: no layer drops anything")]
    [InlineData("math=auto", "dropout.math: auto may choose differently")]
    [InlineData("batch.shards=7", "dropout.batch.shards: ")]
    [InlineData("network.layers[2].rate=0.9", "dropout.network.layers[2].rate: '0.9' is out of range")]
    public void Load_RecipeThatDoesNotFit_NamesTheKey(string set, string expected)
    {
        var result = VarianceFile.Load(new($"dropout:\n{Indented(Recipe)}", "study.yaml", _ => "") { Sets = [$"dropout.{set}"] });

        Assert.Contains(result.Errors, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_PlainRecipeOfAnotherNetwork_IsRefusedWithArmE()
    {
        var plain = Recipe.Replace("{ type: dropout, rate: 0.5 }, ", "", StringComparison.Ordinal).Replace("20", "30", StringComparison.Ordinal);
        StudyResult<StudySpec> With(string arms) => Load($"arms: {arms}\ndropout:\n{Indented(Recipe)}\nplain:\n{Indented(plain)}");

        Assert.Empty(With("[a, c]").Errors);
        Assert.Contains(With("[a, e]").Errors, problem => problem.Path == "plain.network.layers");
    }

    private static StudyResult<StudySpec> Load(string text) => VarianceFile.Load(new(text, "study.yaml", path => throw new FileNotFoundException(path)));

    private static string Indented(string text) => "  " + text.ReplaceLineEndings("\n  ");

    private static string Folder() => Path.Combine(SpecText.Root(), "cluster-config", "studies");
}

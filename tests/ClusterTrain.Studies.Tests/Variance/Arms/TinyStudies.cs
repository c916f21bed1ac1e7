using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

/// <summary>Studies whose trainings take milliseconds: every arm, on a few glyphs.</summary>
internal static class TinyStudies
{
    public static StudySpec All => Of([ArmChoice.A, ArmChoice.B, ArmChoice.C, ArmChoice.D, ArmChoice.E, ArmChoice.F, ArmChoice.G]);

    public static StudySpec Of(IReadOnlyList<ArmChoice> arms) => new()
    {
        Name = "tiny",
        Arms = arms,
        Sets = 2,
        Members = 6,
        EnsembleSizes = [1, 2, 3, 6],
        BootstrapDraws = 100,
        Dropout = Recipe,
        Plain = StudySpec.WithoutDropout(Recipe),
    };

    public static RunSpec Recipe { get; } = new()
    {
        Epochs = 2,
        Data = new DataSpec { Name = "glyphs", Train = 100, Validation = 20, Test = 80 },
        Network = new NetworkSpec
        {
            Layers =
            [
                new DropoutLayer { Rate = 0.2 }, new DenseLayer { Units = 12 }, new ReluLayer(),
                new DropoutLayer { Rate = 0.5 }, new DenseLayer { Units = 10 },
            ],
        },
        Batch = new BatchSpec { Size = 20, Shards = 4 },
    };

    public static StudyContexts Contexts() => new(spec => DatasetLoader.Load(spec.Data, new DataLocations([])), _ => () => new ManagedProducts());

    /// <summary>Trains one member, on one thread.</summary>
    public static IRunTrainer Trainer(TimeProvider time) => Contexts().Trainer(new LocalEngine(new EngineOptions { Workers = 1 }, time));

    /// <summary>Trains and measures, and gives the bytes of <c>variance.json</c> and <c>variance.csv</c>; null when it was stopped.</summary>
    public static (byte[] Json, string Csv)? Run(
        StudySpec study, string path, int atOnce = 1, IRunTrainer? trainer = null, Action<string>? say = null, CancellationToken stop = default)
    {
        var (plan, folder, contexts) = (new StudyPlan(study), new StudyFolder(path), Contexts());
        if (!File.Exists(folder.StudyPath)) folder.Create(study);
        var runner = new StudyRunner(folder.FullPath, trainer ?? Trainer(TimeProvider.System), atOnce)
        {
            OnEnd = (member, end, ended) => say?.Invoke($"{ended}  {member}: {StudyMember.Line(end)}"),
        };
        if (runner.Run(plan.Members, stop).Any(end => end is not { IsOver: true })) return null;
        var result = new StudyAnalysis(plan, folder, contexts, atOnce).Run(_ => { }, stop);
        if (result is null) return null;
        StudyFiles.Write(folder, result, StudyFiles.Timings(plan, folder, result));
        return (File.ReadAllBytes(folder.PathOf(StudyFolder.ResultName)), File.ReadAllText(folder.PathOf(StudyFolder.TableName)));
    }

    /// <summary>The result itself.</summary>
    public static VarianceResult Result(StudySpec study)
    {
        using var folder = new TemporaryFolder();
        Assert.NotNull(Run(study, folder["study"], atOnce: 2));
        return StudyFiles.Read(new StudyFolder(folder["study"]));
    }
}

using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Studies that are part of the program.</summary>
public static class ShippedStudies
{
    private const int QuickMembers = 8;
    private const int QuickGlyphRows = 3_000;

    /// <summary>Text of <c>cluster-config/studies/fashion-mnist-variance.yaml</c> as of the build: the default of <c>variance</c>.</summary>
    public static string Default()
    {
        using var stream = typeof(ShippedStudies).Assembly.GetManifestResourceStream("variance.yaml")
            ?? throw new InvalidOperationException("The program was built without its default study.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The same study in minutes: one training set, eight members or fewer, and of the arms a, c and d.</summary>
    public static StudySpec Quick(StudySpec study)
    {
        ArmChoice[] quick = [ArmChoice.A, ArmChoice.C, ArmChoice.D];
        var members = Math.Min(QuickMembers, study.Members);
        var sizes = study.EnsembleSizes.Where(size => size <= members).ToArray();
        return study with
        {
            Name = study.Name + "-quick",
            Sets = 1,
            Members = members,
            Arms = [.. study.Arms.Where(quick.Contains)],
            EnsembleSizes = sizes.Distinct().Count() < 2 ? [1, members] : sizes,
        };
    }

    /// <summary>The same study on the built-in data set, for where no other is at hand.</summary>
    public static StudySpec OnGlyphs(StudySpec study)
    {
        RunSpec With(RunSpec recipe) => recipe with { Data = recipe.Data with { Name = Glyphs.Name, Train = QuickGlyphRows, Validation = 500 } };
        return study with { Name = "glyphs-variance-quick", Dropout = With(study.Dropout), Plain = With(study.Plain) };
    }
}

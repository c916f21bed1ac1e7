using System.Text;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Studies.Sweeps;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Tests.Loading;

/// <summary>Mutants of studies: read, or refused line by line, in bounded memory.</summary>
public sealed class StudyFuzzTests
{
    private const long MostBytes = 64 << 20;

    public static TheoryData<string> Files => new(Repository.Files(Path.Combine("cluster-config", "studies"), "*.yaml").Select(path => Path.GetFileName(path)!));

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_MutantsOfAStudy_AreReadOrRefusedLineByLine(string file)
    {
        var whole = File.ReadAllBytes(Path.Combine(Repository.Root, "cluster-config", "studies", file));
        var isVariance = file.Contains("variance", StringComparison.Ordinal);
        Assert.Empty(Problems(Encoding.UTF8.GetString(whole), isVariance));
        var count = Mutants.Often(40);

        var refused = Mutants.Refused<RefusedStudyException>(whole, (_, bytes) =>
        {
            var problems = Problems(Encoding.UTF8.GetString(bytes), isVariance);
            Assert.All(problems, problem => Assert.DoesNotContain('\n', problem.Message));
            if (problems.FirstOrDefault(problem => problem.Severity == SpecSeverity.Error) is { } wrong) throw new RefusedStudyException(wrong.Message);
        }, MostBytes, count);

        Assert.InRange(refused, 1, count - 1);
    }

    private static IReadOnlyList<SpecProblem> Problems(string text, bool isVariance)
    {
        var source = new StudySource(text, "study.yaml", Recipe);
        return isVariance ? VarianceFile.Load(source).Problems : SweepFile.Load(source).Problems;
    }

    // As the program reads a file that a study names; nothing else is there.
    private static string Recipe(string path) => path.StartsWith("../runs/", StringComparison.Ordinal) && path.IndexOf('/', "../runs/".Length) < 0
        && Path.Combine(Repository.Root, "cluster-config", "runs", path["../runs/".Length..]) is var file && File.Exists(file)
        ? File.ReadAllText(file) : throw new FileNotFoundException($"there is no {path.ReplaceLineEndings(" ")}");

    private sealed class RefusedStudyException(string message) : Exception(message);
}

using System.Text;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Training.Tests.Specs;

/// <summary>Texts that nobody wrote by hand are refused before they cost anything, and mutants of good ones never crash the reader.</summary>
public sealed class HostileSpecTests
{
    [Fact]
    public void Load_ThreeHundredThousandUnknownKeys_IsRefusedInALine()
    {
        var text = new StringBuilder();
        for (var key = 0; key < 300_000; key++) text.Append("key").Append(key).Append(": 1\n");

        Assert.Contains("characters; allowed are", Assert.Single(Errors(text.ToString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("- { type: dense, units: 10 }\n", "")]
    [InlineData("{type: relu}", ",")]
    public void Load_FiftyThousandLayers_IsRefusedInALine(string layer, string separator)
    {
        var layers = string.Join(separator, Enumerable.Repeat(separator.Length == 0 ? "    " + layer : layer, 50_000));
        var text = separator.Length == 0 ? $"network:\n  layers:\n{layers}" : $"network: {{ layers: [{layers}] }}";

        Assert.Matches("characters; allowed are|more than 20000 keys and values", Assert.Single(Errors(text)).Message);
    }

    [Fact]
    public void Load_NineThousandUnknownKeys_IsRefusedInTenLines()
    {
        var errors = Errors(string.Concat(Enumerable.Range(0, 9000).Select(key => $"key{key}: 1\n")));

        Assert.Equal(10, errors.Count);
        Assert.Equal("8991 more problems like these", errors[^1].Message);
    }

    [Fact]
    public void Load_AliasesThatGrow_AreCountedAsWhatTheyStandFor()
    {
        var text = new StringBuilder("a0: &a0 [1, 2]\n");
        for (var level = 1; level < 25; level++) text.Append($"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n");

        Assert.Contains("more than 20000 keys and values", Assert.Single(Errors(text.ToString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MutantsOfASpec_AreReadOrRefusedLineByLine()
    {
        var whole = Encoding.UTF8.GetBytes(SpecWriter.Write(TinyRuns.Named("early")));

        var refused = Mutants.Refused<RefusedSpecException>(whole, (_, bytes) =>
        {
            var result = SpecLoader.Load(Encoding.UTF8.GetString(bytes), "spec.yaml");
            Assert.All(result.Problems, problem => Assert.DoesNotContain('\n', problem.Message));
            if (result.Spec is null) throw new RefusedSpecException(result.Problems[0].Message);
            // What is read is written and read again as the same.
            Assert.Equal(SpecWriter.Write(result.Spec), SpecWriter.Write(SpecLoader.Load(SpecWriter.Write(result.Spec), "again").Spec!));
        }, mostBytes: 64 << 20, Mutants.Often(400));

        Assert.InRange(refused, 1, Mutants.Often(400) - 1);
    }

    [Fact]
    public void Parse_MutantsOfAttacks_AreReadOrRefusedInALine()
    {
        foreach (var line in (string[])["pgd linf eps=0.1 step=0.01 steps=50 restarts=3", "square l2 eps=1.5 steps=200", "fgsm linf eps=0.03"])
        {
            var refused = Mutants.Refused<RefusedSpecException>(Encoding.UTF8.GetBytes(line), (_, bytes) =>
            {
                var result = AttackText.Parse(Encoding.UTF8.GetString(bytes));
                if (result.Attack is not { } attack) throw new RefusedSpecException(result.Problems[0].Message);
                Assert.Equal(attack, AttackText.Parse(AttackText.Print(attack)).Attack);
            }, mostBytes: 1 << 20, Mutants.Often(1000));

            Assert.InRange(refused, 1, Mutants.Often(1000) - 1);
        }
    }

    private static List<SpecProblem> Errors(string text)
    {
        var result = SpecLoader.Load(text, "spec.yaml");
        Assert.Null(result.Spec);
        return [.. result.Problems.Where(problem => problem.Severity == SpecSeverity.Error)];
    }

    private sealed class RefusedSpecException(string message) : Exception(message);
}

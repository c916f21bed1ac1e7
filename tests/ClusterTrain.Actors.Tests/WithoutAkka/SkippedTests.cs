using System.Text.RegularExpressions;

namespace ClusterTrain.Actors.Tests;

/// <summary>Stands for the tests of this project where Akka.NET could not be restored: each is counted, and says why.</summary>
public sealed partial class SkippedTests
{
    public static TheoryData<string> Names() =>
    [
        .. typeof(SkippedTests).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .SelectMany(file => TestMethod().Matches(Source(file)).Select(match => $"{file}.{match.Groups["name"].Value}")),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Test_WithoutAkka_IsSkipped(string name)
    {
        Assert.NotEmpty(name);
        Assert.Skip(AkkaNode.WhyUnavailable);
    }

    [Fact]
    public void Names_OfThisProject_AreFound() => Assert.NotEmpty(Names());

    [Fact]
    public void AkkaNode_WithoutAkka_SaysWhatIsMissing()
    {
        Assert.False(AkkaNode.IsAvailable);
        Assert.Contains("Akka.Cluster", Assert.Throws<NotSupportedException>(() => AkkaNode.ReadSettings(null, _ => null)).Message, StringComparison.Ordinal);
    }

    private static string Source(string file)
    {
        using var reader = new StreamReader(typeof(SkippedTests).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\[(?:Fact|Theory)\](?:\s*\[[^\n]*\])*\s*public (?:async Task|void) (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TestMethod();
}

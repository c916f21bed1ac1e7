using ClusterTrain.Actors.Configuration;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Configuration;

/// <summary>Node files that are no HOCON: each is refused with its place, by us and never by waiting.</summary>
public sealed class HoconTextTests
{
    private const string Text = """"
        # A node.
        clustertrain {
          roles = [server, "trainer",
            adversary] // all
          host = "127.0.0.1", remoting-port = 5000
          "seeds" : [ "10.0.0.5:5000", "10.0.0.6:5000" ]
          workers = 3
          data = ${?DATA}
          runs = "a \"quoted\" \u0041 place"
          allow-plaintext = true
        }
        akka.cluster { failure-detector.acceptable-heartbeat-pause = 3s, split-brain-resolver { stable-after = 4s } }
        akka.remote.dot-netty.tcp.note = """three
        lines"""

        """";

    [Fact]
    public void Checked_Mutants_AreTakenOrRefusedLineByLine()
    {
        var count = Mutants.Often(1000);

        var refused = Mutants.Refused<NodeSettingsException>(
            System.Text.Encoding.UTF8.GetBytes(Text), (_, bytes) => HoconText.Checked("node.conf", System.Text.Encoding.UTF8.GetString(bytes)), 1 << 20, count, refusal => refusal.Problems);

        Assert.InRange(refused, 1, count - 1);
    }

    [Fact]
    public void Checked_WholeText_IsReturned() => Assert.Equal(Text, HoconText.Checked("node.conf", Text));

    [Theory]
    [InlineData("clustertrain { roles = [server", "line 1, column 31: '[' of line 1 is not closed: ']' is missing")]
    [InlineData("clustertrain {\n roles = [server\n host = \"a\" }", "line 3, column 7: '=' is not allowed here")]
    [InlineData("clustertrain {\n roles = []\n", "'{' of line 1 is not closed: '}' is missing")]
    [InlineData("clustertrain { roles = [server] } }", "line 1, column 35: '}' is not allowed here; allowed: a key")]
    [InlineData("clustertrain { roles = [server} }", "line 1, column 31: '}' is not allowed here; allowed: a value")]
    [InlineData("a = \"open\nb = 1", "a string of line 1 is not closed")]
    [InlineData("a = \"\"\"open", "\"\"\" of line 1 is not closed")]
    [InlineData("a =", "the end of the file is not allowed here; allowed: a value")]
    [InlineData("a", "the end of the file is not allowed here; allowed: '=', ':' or '{' behind a key")]
    [InlineData("= 1", "line 1, column 1: '=' is not allowed here; allowed: a key")]
    [InlineData("a = b:1", "':' is not allowed here; allowed: a value, in quotes")]
    [InlineData("a = ${b", "the end of the file is not allowed here; allowed: '}' behind a substitution's path")]
    [InlineData("a = $b", "allowed: '{' behind '$'")]
    [InlineData("a = \"\\x\"", "allowed: one of")]
    [InlineData("a = \"\\u12\"", "four hexadecimal digits")]
    [InlineData("a = \u0001", "character 1 is not allowed here")]
    [InlineData("{ a = 1 } b = 2", "allowed: nothing behind the closing '}'")]
    public void Checked_OneThingWrong_NamesPlaceAndWhatIsAllowed(string text, string expected)
    {
        var problem = Assert.Single(Assert.Throws<NodeSettingsException>(() => HoconText.Checked("node.conf", text)).Problems);

        Assert.StartsWith("node.conf: line ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void Checked_TooDeepOrTooLong_IsRefused()
    {
        var deep = "a = " + new string('[', HoconText.MostDepth + 1);
        var wide = new string('#', HoconText.MostCharacters + 1);

        Assert.Contains("in one another", Assert.Throws<NodeSettingsException>(() => HoconText.Checked("x", deep)).Message, StringComparison.Ordinal);
        Assert.Contains("characters; allowed", Assert.Throws<NodeSettingsException>(() => HoconText.Checked("x", wide)).Message, StringComparison.Ordinal);
    }

    // Akka's parser waits for ever on some texts that are not whole: none of them may reach it.
    [Fact]
    public async Task Read_TwentyThousandMutants_EachIsTakenOrRefusedInOneLine()
    {
        const int Mutants = 20_000;
        using var folder = new TemporaryFolder();
        var (path, mutant, taken, refused) = (folder["node.conf"], "", 0, 0);
        var reading = Task.Run(
            () =>
            {
                var random = new Random(20261127);
                for (var i = 0; i < Mutants; i++)
                {
                    Volatile.Write(ref mutant, Mutate(Text, random));
                    File.WriteAllText(path, mutant);
                    try
                    {
                        NodeSettingsFile.Read(path, _ => null);
                        taken++;
                    }
                    catch (NodeSettingsException wrong)
                    {
                        Assert.All(wrong.Problems, problem => Assert.Matches("^[^\r\n]*node.conf: [^\r\n]+$", problem));
                        refused++;
                    }
                }
            },
            TestContext.Current.CancellationToken);
        var ended = await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));

        Assert.True(ended == reading, $"this text is read without end:\n{Volatile.Read(ref mutant)}");
        await reading;
        Assert.Equal(Mutants, taken + refused);
        Assert.True(taken > 1000 && refused > 10_000, $"{taken} taken, {refused} refused");
    }

    private static string Mutate(string text, Random random)
    {
        const string Signs = "{}[]\"=:,#$\\\n+/ .ax0é\0";
        for (var changes = 1 + random.Next(3); changes > 0 && text.Length > 2; changes--)
        {
            var at = random.Next(text.Length - 1);
            var length = Math.Min(1 + random.Next(8), text.Length - at);
            text = random.Next(6) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, Signs[random.Next(Signs.Length)].ToString()),
                2 => text.Remove(at, 1).Insert(at, Signs[random.Next(Signs.Length)].ToString()),
                3 => text.Remove(at, length),
                4 => text.Insert(random.Next(text.Length), text.Substring(at, length)),
                _ => text[..at],
            };
        }

        return text;
    }
}

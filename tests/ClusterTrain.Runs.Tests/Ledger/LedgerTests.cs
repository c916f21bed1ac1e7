using System.Text;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Training.Durable;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Runs.Tests.Ledger;

public sealed class LedgerTests : IDisposable
{
    private const string Spec = "5bec";
    private const int Steps = 6;
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private readonly string _head;

    public LedgerTests()
    {
        _path = _folder["ledger.jsonl"];
        using var writer = LedgerWriter.Create(_path, Spec);
        for (var step = 0; step < Steps; step++)
            writer.Append(Entry(step));
        writer.Flush(toDisk: true);
        _head = writer.Head;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ledger_Written_ReadsBackWithoutProblems()
    {
        var reading = LedgerReader.Read(_path, Spec, _head);
        Assert.Empty(reading.Problems);
        Assert.Equal(Enumerable.Range(0, Steps).Select(step => Entry(step)), reading.Entries);
        Assert.Equal(_head, reading.Head);
        Assert.Equal(0, reading.TornBytes);
    }

    [Fact]
    public void Ledger_FirstLines_HaveTheDocumentedForm()
    {
        var lines = Lines();
        var genesis = Sha256Hex.Of("clustertrain-ledger:" + Spec);
        Assert.Equal($$"""{"step":0,"state":"{{Entry(0).State}}","chain":"{{genesis}}","loss":0.1}""", lines[0]);
        Assert.Equal($$"""{"step":1,"state":"{{Entry(1).State}}","chain":"{{Sha256Hex.Of(lines[0])}}","loss":1.1}""", lines[1]);
        Assert.Equal(Sha256Hex.Of(lines[^1]), _head);
    }

    [Fact]
    public void Ledger_AnyFiniteLoss_RoundTripsToTheBit() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<long>(),
                bits =>
                {
                    var loss = BitConverter.Int64BitsToDouble(bits * 0x5851F42D4C957F2D);
                    if (!double.IsFinite(loss))
                        return true;
                    var path = _folder["any.jsonl"];
                    File.Delete(path);
                    using (var writer = LedgerWriter.Create(path, Spec))
                        writer.Append(new LedgerEntry(0, Entry(0).State, loss));
                    var reading = LedgerReader.Read(path, Spec);
                    return reading.Problems.Count == 0
                        && BitConverter.DoubleToInt64Bits(reading.Entries[0].Loss) == BitConverter.DoubleToInt64Bits(loss);
                })
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void Ledger_AnyCharacterChanged_NamesTheStep()
    {
        var lines = Lines();
        for (var step = 0; step < Steps; step++)
        {
            for (var at = 0; at < lines[step].Length; at++)
            {
                var changed = lines.ToArray();
                var replacement = lines[step][at] == '7' ? '8' : '7';
                changed[step] = lines[step][..at] + replacement + lines[step][(at + 1)..];
                var problems = Problems(changed, _head);
                Assert.True(problems.Any(problem => problem.Step == step), $"step {step}, character {at}: {Text(problems)}");
                Assert.True(
                    problems.All(problem => problem.Step == step || problem.Step is null),
                    $"step {step}, character {at} blames another line: {Text(problems)}");
            }
        }
    }

    [Fact]
    public void Ledger_LastLineChangedWithoutRecordedHead_IsNotSeenAndWithItIs()
    {
        var lines = Lines();
        lines[^1] = lines[^1].Replace("\"loss\":5.1", "\"loss\":5.2", StringComparison.Ordinal);
        Assert.Empty(Problems(lines, null));
        Assert.Equal([Steps - 1L], Problems(lines, _head).Select(problem => problem.Step));
    }

    [Fact]
    public void Ledger_LastButOneLineChangedWithoutRecordedHead_SaysItMayBeTheOneAfter()
    {
        var lines = Lines();
        lines[4] = lines[4].Replace("\"loss\":4.1", "\"loss\":4.2", StringComparison.Ordinal);
        Assert.Contains("step 4 was changed, or the line after it (step 5)", Assert.Single(Problems(lines, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ledger_LastLinesMissing_IsSeenByTheRecordedHead() =>
        Assert.Contains("lines after it are missing", Assert.Single(Problems(Lines()[..3], _head)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ledger_LineMissing_NamesItsStep()
    {
        var problem = Assert.Single(Problems([.. Lines().Where((_, step) => step != 2)], _head));
        Assert.Equal(2, problem.Step);
        Assert.Contains("missing", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ledger_FirstLinesMissing_NamesThem() =>
        Assert.Contains("steps 0 to 1 are missing", Assert.Single(Problems(Lines()[2..], _head)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ledger_LineTwice_NamesItsStep()
    {
        var lines = Lines();
        var problem = Assert.Single(Problems([.. lines[..4], lines[3], .. lines[4..]], _head));
        Assert.Equal(3, problem.Step);
        Assert.Contains("twice or out of order", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ledger_TwoLinesExchanged_NamesThem()
    {
        var lines = Lines();
        (lines[2], lines[3]) = (lines[3], lines[2]);
        Assert.Contains(Problems(lines, _head), problem => problem.Step == 2);
    }

    [Fact]
    public void Ledger_OfAnotherSpec_IsSaidToBe()
    {
        var problem = Assert.Single(LedgerReader.Read(_path, "other", _head).Problems);
        Assert.Contains("another spec", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"step\":2", "{ \"step\":2")]
    [InlineData("\"loss\":2.1", "\"loss\":2.10")]
    [InlineData("\"loss\":2.1}", "\"loss\":2.1,\"x\":1}")]
    [InlineData("\"loss\":2.1", "\"loss\":NaN")]
    [InlineData("\"step\":2", "\"step\":02")]
    public void Ledger_LineInAnotherForm_IsAProblem(string original, string changed)
    {
        var lines = Lines();
        lines[2] = lines[2].Replace(original, changed, StringComparison.Ordinal);
        Assert.Contains("not as a ledger's lines are written", Assert.Single(Problems(lines, _head)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ledger_TornAtAnyByteOfTheLastLine_IsAProblemThatResumeRepairs()
    {
        var content = File.ReadAllBytes(_path);
        var whole = Encoding.UTF8.GetByteCount(string.Concat(Lines()[..5].Select(line => line + "\n")));
        for (var length = whole + 1; length < content.Length; length++)
        {
            File.WriteAllBytes(_path, content[..length]);
            var reading = LedgerReader.Read(_path, Spec);
            Assert.Equal(length - whole, reading.TornBytes);
            Assert.Contains("step 5 is torn", Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
            Assert.Equal(5, reading.Entries.Count);
            using (var writer = LedgerWriter.Resume(_path, Spec, lastStep: 4))
                writer.Append(Entry(5));
            Assert.Equal(content, File.ReadAllBytes(_path));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(Steps - 1)]
    public void Ledger_TruncatedAndContinued_HasTheSameBytes(int last)
    {
        var content = File.ReadAllBytes(_path);
        var head = LedgerFile.TruncateAfter(_path, Spec, last);
        Assert.Equal(last + 1, Lines().Length);
        Assert.Equal(last < 0 ? Sha256Hex.Of("clustertrain-ledger:" + Spec) : Sha256Hex.Of(Lines()[last]), head);
        using (var writer = LedgerWriter.Resume(_path, Spec, last))
        {
            Assert.Equal(head, writer.Head);
            for (var step = last + 1; step < Steps; step++)
                writer.Append(Entry(step));
            writer.Flush(toDisk: false);
            Assert.Equal(_head, writer.Head);
        }

        Assert.Equal(content, File.ReadAllBytes(_path));
    }

    [Fact]
    public void Ledger_ResumeBeyondItsEndOrOverAChangedLine_IsRefusedAndWritesNothing()
    {
        Assert.Contains("ends before step 6", Assert.Throws<FileFailureException>(() => LedgerFile.TruncateAfter(_path, Spec, Steps)).Message, StringComparison.Ordinal);
        var lines = Lines();
        lines[1] = lines[1].Replace("1.1", "1.2", StringComparison.Ordinal);
        File.WriteAllLines(_path, lines);
        var before = File.ReadAllBytes(_path);
        Assert.Contains("step 1 was changed", Assert.Throws<FileFailureException>(() => LedgerFile.TruncateAfter(_path, Spec, 3)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_path));
    }

    [Fact]
    public void Ledger_LongerThanTheBuffer_ReachesTheFileInWholeLines()
    {
        var path = _folder["long.jsonl"];
        using var writer = LedgerWriter.Create(path, Spec);
        for (var step = 0; step < 2000; step++)
            writer.Append(Entry(step));
        var soFar = LedgerReader.Read(path, Spec);
        Assert.InRange(soFar.Entries.Count, 1, 1999);
        Assert.Empty(soFar.Problems);
        writer.Flush(toDisk: false);
        Assert.Equal(2000, LedgerReader.Read(path, Spec, writer.Head).Entries.Count);
    }

    [Fact]
    public void Writer_WrongStepStateOrLoss_IsRefused()
    {
        using var writer = LedgerWriter.Create(_folder["new.jsonl"], Spec);
        Assert.Throws<ArgumentException>(() => writer.Append(Entry(1)));
        Assert.Throws<ArgumentException>(() => writer.Append(Entry(0) with { State = "ABCDEF01234567890123456789012345" }));
        Assert.Throws<ArgumentException>(() => writer.Append(Entry(0) with { Loss = double.NaN }));
        writer.Append(Entry(0));
        Assert.Throws<FileFailureException>(() => LedgerWriter.Create(_path, Spec));
    }

    private static LedgerEntry Entry(long step) => new(step, Sha256Hex.Of($"state {step}")[..32], step + 0.1);

    private static string Text(IEnumerable<LedgerProblem> problems) => string.Join("; ", problems);

    private static IReadOnlyList<LedgerProblem> Problems(string[] lines, string? head) =>
        LedgerReader.Parse(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), Spec, head).Problems;

    private string[] Lines() => File.ReadAllLines(_path);
}

using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Tests.Results;

public sealed class RunFolderTests : IDisposable
{
    private const string Spec = "5bec";
    private readonly TemporaryFolder _temporary = new();
    private readonly RunFolder _folder;

    public RunFolderTests() => _folder = new RunFolder(_temporary["run"]);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void RunFolder_OnlyNamed_WritesNothing()
    {
        Assert.NotEmpty(_folder.SealedFiles);
        Assert.Empty(_temporary.Names);
    }

    [Fact]
    public void RunFolder_Created_HoldsTheSpec()
    {
        _folder.Create("name: a\n");
        Assert.Equal("name: a\n", _folder.ReadSpec());
        _folder.Resume("name: a\n");
    }

    [Fact]
    public void RunFolder_HoldsARunAlready_SaysWhatToDoAndChangesNothing()
    {
        _folder.Create("name: a\n");
        var error = Assert.Throws<FileFailureException>(() => _folder.Create("name: b\n"));
        Assert.Contains("--resume", error.Message, StringComparison.Ordinal);
        Assert.Contains("--out", error.Message, StringComparison.Ordinal);
        Assert.Equal("name: a\n", _folder.ReadSpec());
    }

    [Fact]
    public void RunFolder_UnderAFileOrAFileItself_IsAClearError()
    {
        File.WriteAllText(_temporary["file"], "");
        foreach (var path in new[] { _temporary["file"], Path.Combine(_temporary["file"], "run") })
        {
            var error = Assert.Throws<FileFailureException>(() => new RunFolder(path).Create("x"));
            Assert.StartsWith($"cannot create the output folder {path}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RunFolder_ResumedWithoutARunOrWithAnotherSpec_IsAClearError()
    {
        Assert.Contains("holds no run", Assert.Throws<FileFailureException>(() => _folder.Resume("a")).Message, StringComparison.Ordinal);
        _folder.Create("a");
        Assert.Contains("another spec", Assert.Throws<FileFailureException>(() => _folder.Resume("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunFolder_Resumed_RemovesTheSealOfTheSessionBefore()
    {
        Finished();
        _folder.Resume("name: a\n");
        Assert.False(File.Exists(_folder.SummaryPath));
        Assert.True(File.Exists(_folder.LedgerPath));
    }

    [Fact]
    public void Summary_Written_ReadsBackWithoutProblems()
    {
        var written = Finished();
        var read = SummaryFile.Read(_folder);
        Assert.Equal(written with { Files = read.Files }, read);
        Assert.Equal(["ledger.jsonl", "metrics.jsonl", "spec.yaml"], read.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(SummaryFile.Problems(_folder));
    }

    [Fact]
    public void Summary_Json_HasTheDocumentedNames()
    {
        Finished();
        var json = File.ReadAllText(_folder.SummaryPath);
        foreach (var name in new[]
            {
                "run", "status", "steps", "epochs", "stateHash", "bestStateHash", "bestStep", "fingerprint", "math", "mathVersion",
                "data", "spec", "train", "accuracy", "loss", "validation", "robustAccuracy", "test", "attack", "workers", "engine",
                "seconds", "examplesPerSecond", "parameters", "bytesSent", "bytesReceived", "ledgerHead", "files", "digest",
            })
        {
            Assert.Contains($"\"{name}\": ", json, StringComparison.Ordinal);
        }

        Assert.Contains("\"status\": \"stopped-early\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', json);
    }

    [Fact]
    public void Summary_AnyCharacterChanged_IsAProblem()
    {
        Finished();
        var json = File.ReadAllText(_folder.SummaryPath);
        for (var at = 0; at < json.Length; at++)
        {
            File.WriteAllText(_folder.SummaryPath, json[..at] + (json[at] == '7' ? '8' : '7') + json[(at + 1)..]);
            Assert.True(SummaryFile.Problems(_folder).Count > 0, $"character {at}: '{json[at]}'");
        }
    }

    [Theory]
    [InlineData(RunFolder.SpecName)]
    [InlineData(RunFolder.LedgerName)]
    [InlineData(RunFolder.MetricsName)]
    public void Summary_FileBesideItChangedOrMissing_NamesTheFile(string name)
    {
        Finished();
        File.AppendAllText(_folder.PathOf(name), " ");
        Assert.Contains(SummaryFile.Problems(_folder), problem => problem.StartsWith($"{name} was changed", StringComparison.Ordinal));
        File.Delete(_folder.PathOf(name));
        Assert.Contains($"{name} is missing", SummaryFile.Problems(_folder));
    }

    [Fact]
    public void Summary_LastLineOfTheLedgerChanged_NamesTheStep()
    {
        Finished();
        File.WriteAllText(_folder.LedgerPath, File.ReadAllText(_folder.LedgerPath).Replace("\"loss\":0.25", "\"loss\":0.26", StringComparison.Ordinal));
        Assert.Contains(SummaryFile.Problems(_folder), problem => problem.Contains("step 1 was changed", StringComparison.Ordinal));
    }

    [Fact]
    public void Summary_MissingOrNoSummary_IsAProblem()
    {
        Assert.Single(SummaryFile.Problems(_folder));
        Finished();
        File.WriteAllText(_folder.SummaryPath, "{}");
        Assert.Contains("was changed", Assert.Single(SummaryFile.Problems(_folder)), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_Appended_ReadBackAndTruncate()
    {
        var path = _temporary["metrics.jsonl"];
        Assert.Empty(MetricsFile.Read(path));
        MetricsRecord[] records = [Metrics(9), Metrics(19) with { RobustAccuracy = 0.5, Attack = "fgsm linf eps=0.1" }, Metrics(29)];
        foreach (var record in records)
            MetricsFile.Append(path, record);
        Assert.Equal(records, MetricsFile.Read(path));
        File.AppendAllText(path, "{\"step\":3");
        Assert.Equal(records, MetricsFile.Read(path));
        MetricsFile.TruncateAfter(path, 19);
        Assert.Equal(records[..2], MetricsFile.Read(path));
        Assert.EndsWith("}\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_MalformedLine_IsNamed()
    {
        var path = _temporary["metrics.jsonl"];
        MetricsFile.Append(path, Metrics(1));
        File.AppendAllText(path, "{\"step\":3}\n");
        Assert.Contains("line 2", Assert.Throws<FileFailureException>(() => MetricsFile.Read(path)).Message, StringComparison.Ordinal);
    }

    private static MetricsRecord Metrics(long step) => new(step, step / 10.0, "validation", 0.3, 0.9, null, null, 1.5);

    private RunSummary Finished()
    {
        _folder.Create("name: a\n");
        using var ledger = LedgerWriter.Create(_folder.LedgerPath, Spec);
        ledger.Append(0, new string('a', 32), 0.5);
        ledger.Append(1, new string('b', 32), 0.25);
        ledger.Flush(toDisk: false);
        MetricsFile.Append(_folder.MetricsPath, Metrics(1));
        return SummaryFile.Write(_folder, new RunSummary
        {
            Run = "a", Status = RunStatus.StoppedEarly, Steps = 2, Epochs = 0.1, StateHash = "state", BestStateHash = "best", BestStep = 1,
            Fingerprint = new RunFingerprint("managed", "1", "data", Spec), Train = new TrainScores(0.9, 0.25),
            Validation = new ValidationScores(0.8, 0.5), Test = new TestScores(0.7, null, null), Workers = 2, Engine = "local", Seconds = 1.5,
            ExamplesPerSecond = 1000, Parameters = 42, BytesSent = 0, BytesReceived = 0, LedgerHead = ledger.Head,
        });
    }
}

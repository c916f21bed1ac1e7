using System.Text;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Verification;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Tests.Results;

/// <summary>Mutants of the files of a run's folder: read or refused in a line, in bounded memory; where a hash covers the content, never taken for whole.</summary>
public sealed class RunFilesFuzzTests : IDisposable
{
    private const long MostBytes = 1 << 18;
    private const string Spec = "5bec";
    private static readonly int Count = Mutants.Often(3000);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ledger_MutantWithItsLastLinesHash_IsNeverTakenForWhole()
    {
        string head;
        using (var ledger = LedgerWriter.Create(_folder["ledger"], Spec))
        {
            for (var step = 0; step < 6; step++) ledger.Append(step, new string((char)('a' + step), 32), 0.5 / (step + 1));
            head = ledger.Head;
        }

        var whole = File.ReadAllBytes(_folder["ledger"]);
        Mutants.Refused<FileFailureException>(whole, (number, bytes) =>
        {
            var reading = LedgerReader.Parse(bytes, Spec, head);
            Assert.True(reading.Problems.Count > 0 || bytes.AsSpan().SequenceEqual(whole), $"mutant {number}");
            Assert.All(reading.Problems, problem => Assert.DoesNotContain('\n', problem.Message));
        }, MostBytes, Count);
    }

    [Fact]
    public void Metrics_Mutant_IsReadOrRefused()
    {
        foreach (var step in (int[])[9, 19, 29])
            MetricsFile.Append(_folder["metrics"], new MetricsRecord(step, step / 10.0, "validation", 0.3, 0.9, 0.5, "fgsm linf eps=0.1", 1.5) { TrainAccuracy = 0.95 });

        var refused = Mutants.Refused<FileFailureException>(
            File.ReadAllBytes(_folder["metrics"]), (_, bytes) => MetricsFile.Parse("metrics.jsonl", bytes), MostBytes, Count);

        Assert.InRange(refused, 1, Count - 1);
    }

    [Fact]
    public void Index_Mutant_IsReadOrRefusedAndNamesNoFileElsewhere()
    {
        var hash = new string('1', 64);
        var index = new CheckpointIndex(20, 16, [new(12, "step-12.safetensors", hash, hash, hash), new(16, "step-16.safetensors", hash, hash, hash), new(20, "step-20.safetensors", hash, hash, hash)]);
        index.Write(_folder["index"]);

        var refused = Mutants.Refused<CheckpointException>(
            File.ReadAllBytes(_folder["index"]),
            (_, bytes) => Assert.All(CheckpointIndex.Parse(bytes, "checkpoints.json").Checkpoints, entry => Assert.DoesNotContain('/', entry.File)), MostBytes, Count);

        Assert.InRange(refused, 1, Count - 1);
    }

    [Fact]
    public void Convictions_Mutant_AreReadOrRefused()
    {
        var folder = new RunFolder(_folder["run"]);
        folder.Create("name: a\n");
        ConvictedFile.Write(folder, [new ConvictedWorker("gpu-3", 9, 3), new ConvictedWorker("gpu-7", 12, -1)]);

        var refused = Mutants.Refused<FileFailureException>(
            File.ReadAllBytes(folder.ConvictedPath), (_, bytes) => Assert.All(ConvictedFile.Parse("convicted.json", bytes), worker => Assert.DoesNotContain('\n', worker.Words)), MostBytes, Count);

        Assert.InRange(refused, 1, Count - 1);
    }

    [Fact]
    public void Summary_Mutant_IsReadOrRefusedAndNeverTakenForWhole()
    {
        var folder = new RunFolder(_folder["run"]);
        folder.Create("name: a\n");
        SummaryFile.Write(folder, new RunSummary
        {
            Run = "a", Status = RunStatus.Completed, Steps = 0, Epochs = 0.1, StateHash = "state", BestStateHash = "best", BestStep = 1,
            Fingerprint = new RunFingerprint("managed", "1", "data", Spec), Train = new TrainScores(0.9, 0.25),
            Validation = new ValidationScores(0.8, 0.5), Test = new TestScores(0.7, null, null), Workers = 2, Engine = "local", Seconds = 1.5,
            ExamplesPerSecond = 1000, Parameters = 42, BytesSent = 0, BytesReceived = 0, LedgerHead = "head",
        });
        var whole = File.ReadAllBytes(folder.SummaryPath);
        var count = Mutants.Often(300);

        Mutants.Refused<FileFailureException>(whole, (number, bytes) =>
        {
            _ = SummaryFile.StatusOf(bytes);
            SummaryFile.Parse(folder, bytes);
            File.WriteAllBytes(folder.SummaryPath, bytes);
            Assert.True(bytes.AsSpan().SequenceEqual(whole) || SummaryFile.Problems(folder).Count > 0, $"mutant {number}");
        }, 1 << 20, count);
    }

    [Fact]
    public void Signature_Mutant_IsNeverValidForAnotherHash()
    {
        var root = Sha256Hex.Of("root");
        RunSignature.Sign(root, RunSignature.NewKey().PrivatePem).Write(_folder["signature"]);
        var count = Mutants.Often(200);

        var refused = Mutants.Refused<FileFailureException>(File.ReadAllBytes(_folder["signature"]), (number, bytes) =>
        {
            File.WriteAllBytes(_folder["mutant"], bytes);
            var read = RunSignature.Read(_folder["mutant"]);
            Assert.True(!read.IsValid() || read.RootHash == root, $"mutant {number}");
        }, 1 << 20, count);

        Assert.InRange(refused, 1, count - 1);
    }
}

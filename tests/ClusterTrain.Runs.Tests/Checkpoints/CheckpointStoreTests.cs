using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private const string Spec = "5bec";
    private readonly TemporaryFolder _folder = new();
    private readonly CheckpointStore _store;

    public CheckpointStoreTests() => _store = new CheckpointStore(_folder.FullPath, Spec, keep: 2);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Checkpoint_Saved_LoadsWithEverything()
    {
        var saved = Content(7);
        _store.Save(saved, isBest: true);
        var loaded = _store.Load(7);
        Assert.Equal((7, 7L), (_store.Index()!.Latest, _store.Index()!.Best));
        Assert.Equal(saved.Step, loaded.Step);
        Assert.Equal(saved.RunState, loaded.RunState);
        Assert.Equal(saved.StateHash, loaded.StateHash);
        Assert.Equal(saved.LedgerHead, loaded.LedgerHead);
        Assert.Equal(saved.StateHash, StateHasher.Hash(loaded.Tensors));
    }

    [Fact]
    public void Checkpoints_Many_KeepsTheNewestAndTheBest()
    {
        for (var step = 1; step <= 6; step++)
            _store.Save(Content(step), isBest: step == 2);
        Assert.Equal(["checkpoints.json", "step-2.safetensors", "step-5.safetensors", "step-6.safetensors"], _folder.Names);
        Assert.Equal((6, 2L), (_store.Index()!.Latest, _store.Index()!.Best));
        Assert.Equal(2, _store.Load(2).Step);
        _store.Save(Content(7), isBest: true);
        Assert.Equal(["checkpoints.json", "step-6.safetensors", "step-7.safetensors"], _folder.Names);
    }

    [Fact]
    public void Checkpoints_SavedAgainAfterARewind_DropTheLaterOnes()
    {
        foreach (var step in new[] { 1, 2, 3 })
            _store.Save(Content(step), isBest: step == 3);
        _store.Save(Content(2), isBest: false);
        var index = _store.Index()!;
        Assert.Equal((2, 3L), (index.Latest, index.Best));
        Assert.Equal([2, 3], index.Checkpoints.Select(entry => entry.Step));
        Assert.Equal(2, _store.Load(index.Latest).Step);
    }

    [Fact]
    public void Checkpoint_AnyByteFlipped_IsNamedWithBothHashes()
    {
        var entry = _store.Save(Content(4), isBest: false);
        var path = _folder[entry.File];
        var good = File.ReadAllBytes(path);
        for (var at = 0; at < good.Length; at++)
        {
            var bytes = good.ToArray();
            bytes[at] ^= 1;
            File.WriteAllBytes(path, bytes);
            var error = Assert.Throws<CheckpointException>(() => _store.Load(4));
            Assert.Equal(
                $"step 4: checkpoint step-4.safetensors was changed: sha256 {Sha256Hex.Of(bytes)} expected {entry.Sha256}",
                error.Message);
        }
    }

    [Fact]
    public void Checkpoint_LatestDamaged_FallsBackWithAWarning()
    {
        _store.Save(Content(1), isBest: false);
        _store.Save(Content(2), isBest: false);
        File.WriteAllText(_folder["step-2.safetensors"], "");
        var (checkpoint, warnings) = _store.TryLoadLatestGood();
        Assert.Equal(1, checkpoint!.Step);
        Assert.Contains("step 2: checkpoint step-2.safetensors was changed", Assert.Single(warnings), StringComparison.Ordinal);

        File.Delete(_folder["step-1.safetensors"]);
        Assert.Contains("no usable checkpoint", Assert.Throws<CheckpointException>(() => _store.TryLoadLatestGood()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_None_IndexIsNullAndLoadSaysSo()
    {
        Assert.Null(_store.Index());
        Assert.Null(_store.TryLoadLatestGood().Checkpoint);
        Assert.Throws<CheckpointException>(() => _store.Load(1));
        Assert.Empty(_folder.Names);
        _store.Save(Content(1), isBest: false);
        Assert.Null(_store.Index()!.Best);
        Assert.Contains("there are 1", Assert.Throws<CheckpointException>(() => _store.Load(9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_OfAnotherSpec_IsRefused()
    {
        _store.Save(Content(1), isBest: false);
        var other = new CheckpointStore(_folder.FullPath, "other", keep: 2);
        Assert.Contains("clustertrain.spec 5bec, expected other", Assert.Throws<CheckpointException>(() => other.Load(1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"latest\": 2", "\"latest\": 3")]
    [InlineData("\"best\": 1", "\"best\": 0")]
    [InlineData("\"step\": 2", "\"step\": 3")]
    [InlineData("\"file\": \"step-2.safetensors\"", "\"file\": \"../step-2.safetensors\"")]
    [InlineData("\"stateHash\": \"", "\"stateHash\": \"0")]
    [InlineData("\"ledgerHead\": \"", "\"ledgerHead\": \"0")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"0")]
    [InlineData("\"best\"", "\"bast\"")]
    [InlineData("{", "")]
    public void CheckpointIndex_Changed_IsAProblem(string original, string changed)
    {
        _store.Save(Content(1), isBest: true);
        _store.Save(Content(2), isBest: false);
        var path = _folder[CheckpointStore.IndexName];
        File.WriteAllText(path, File.ReadAllText(path).Replace(original, changed, StringComparison.Ordinal));
        Assert.Throws<CheckpointException>(() => _store.Index()!.Checkpoints.Select(entry => _store.Load(entry.Step)).ToList());
    }

    [Fact]
    public void Checkpoint_WriterKilledBeforeTheIndex_IsCleanedUpByTheNext()
    {
        _store.Save(Content(1), isBest: false);
        File.Copy(_folder["step-1.safetensors"], _folder["step-5.safetensors"]);
        File.WriteAllText(_folder["step-6.safetensors.tmp"], "half");
        Assert.Equal(1, _store.Load(_store.Index()!.Latest).Step);
        _store.Save(Content(2), isBest: false);
        Assert.Equal(["checkpoints.json", "step-1.safetensors", "step-2.safetensors"], _folder.Names);
    }

    [Fact]
    public void Checkpoint_FolderUnderAFile_IsAClearError()
    {
        File.WriteAllText(_folder["file"], "");
        var store = new CheckpointStore(Path.Combine(_folder["file"], "checkpoints"), Spec, keep: 1);
        Assert.Throws<FileFailureException>(() => store.Save(Content(1), isBest: false));
    }

    [Fact]
    public void Checkpoint_ReservedKey_IsRefused()
    {
        var content = Content(1) with { RunState = new Dictionary<string, string> { ["clustertrain.step"] = "3" } };
        Assert.Throws<ArgumentException>(() => _store.Save(content, isBest: false));
    }

    [Fact]
    public void StateHasher_AnyPartChanged_ChangesTheHash()
    {
        string[] hashes =
        [
            StateHasher.Hash([Tensor("w", [2], 1, 0)]),
            StateHasher.Hash([Tensor("v", [2], 1, 0)]),
            StateHasher.Hash([Tensor("w", [2, 1], 1, 0)]),
            StateHasher.Hash([Tensor("w", [2], 1, -0f)]),
            StateHasher.Hash([Tensor("w", [1], 1), Tensor("w", [1], 0)]),
            StateHasher.Hash([Tensor("a", [1], 1), Tensor("b", [1], 0)]),
            StateHasher.Hash([Tensor("b", [1], 0), Tensor("a", [1], 1)]),
        ];
        Assert.Distinct(hashes);
    }

    [Fact]
    public void StateHasher_DocumentedLayout_IsWhatIsHashed()
    {
        byte[] layout = [1, 0, 0, 0, (byte)'w', 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x80];
        Assert.Equal(Sha256Hex.Of(layout), StateHasher.Hash([Tensor("w", [1, 2], 1, -0f)]));
    }

    private static NamedTensor<float> Tensor(string name, int[] shape, params float[] values) => new(name, shape, values);

    private static CheckpointContent Content(long step)
    {
        NamedTensor<float>[] tensors = [Tensor("w", [2, 2], 1, 2, 3, step), Tensor("b", [2], -0f, 0.5f)];
        return new CheckpointContent(
            step,
            tensors,
            new Dictionary<string, string> { ["patience"] = "3", ["seconds"] = "1.5" },
            StateHasher.Hash(tensors),
            Sha256Hex.Of($"line {step}"));
    }
}

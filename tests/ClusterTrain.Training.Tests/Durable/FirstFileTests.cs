using ClusterTrain.Training.Durable;

namespace ClusterTrain.Training.Tests.Durable;

public sealed class FirstFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Make_ByManyAtOnce_AllReadWhatOneHasMade()
    {
        foreach (var round in Enumerable.Range(0, 100))
        {
            var path = _folder[$"{round}"];
            var read = new string[4];
            using var start = new Barrier(read.Length);
            var threads = Enumerable.Range(0, read.Length).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                FirstFile.Make(path, $"{number}", $"maker-{number}", isPrivate: true);
                read[number] = File.ReadAllText(path);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            Assert.Single(read.Distinct());
        }

        Assert.Equal(100, _folder.Names.Count);
    }

    [Fact]
    public void Make_FileThatIsThere_KeepsIt()
    {
        FirstFile.Make(_folder["a"], "first", "a");
        FirstFile.Make(_folder["a"], "second", "b");

        Assert.Equal("first", File.ReadAllText(_folder["a"]));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void Make_FolderThatIsNotThere_SaysSo() =>
        Assert.Contains("missing", Assert.Throws<FileFailureException>(() => FirstFile.Make(_folder["missing/a"], "text", "a")).Message, StringComparison.Ordinal);
}

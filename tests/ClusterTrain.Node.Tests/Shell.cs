using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests;

/// <summary>An empty current folder, no environment but a home of the tests' own, and the program to call in it, all within the test's process.</summary>
internal sealed class Shell : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Where <c>train</c> puts the first run of a <see cref="TinySpec"/>.</summary>
    public RunFiles FirstRun => RunAt("runs/tiny");

    public string Folder => _folder.FullPath;

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { [UserFolder.Variable] = UserFolder.Path };

    public string this[string name] => _folder[name];

    /// <summary>Every file and folder, with each file's content: equal exactly when nothing was written.</summary>
    public IReadOnlyList<string> Snapshot() =>
    [
        .. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => File.Exists(path) ? $"{path} {Convert.ToHexString(File.ReadAllBytes(path))}" : path),
    ];

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return name;
    }

    public RunFiles RunAt(string name) => new(this[name]);

    public Outcome Run(params string[] args) => Call(args, new StringWriter(), TimeProvider.System, CancellationToken.None);

    /// <summary>Runs and has the run interrupted when <paramref name="line"/> is said.</summary>
    public Outcome RunUntil(string line, params string[] args)
    {
        using var stop = new CancellationTokenSource();
        return Call(args, new WatchingWriter(line, stop.Cancel), TimeProvider.System, stop.Token);
    }

    /// <summary>Runs and does something when <paramref name="line"/> is said, while the run waits.</summary>
    public Outcome RunWatching(string line, Action seen, params string[] args) =>
        Call(args, new WatchingWriter(line, seen), TimeProvider.System, CancellationToken.None);

    /// <summary>Runs and has the run interrupted at its n-th look at the clock, which may be amid a step.</summary>
    public Outcome RunUntilReading(int reading, params string[] args)
    {
        using var stop = new CancellationTokenSource();
        return Call(args, new StringWriter(), new StoppingClock(reading, stop.Cancel), stop.Token);
    }

    /// <summary>Trains the tiny spec with these arguments more, and gives the run's files.</summary>
    public RunFiles Train(string output, params string[] args)
    {
        if (!File.Exists(this["tiny.yaml"])) Write("tiny.yaml", TinySpec.Text);
        Run(["train", "tiny.yaml", "--out", output, .. args]).Gives(ExitCode.Done);
        return RunAt(output);
    }

    public void Dispose() => _folder.Dispose();

    private Outcome Call(string[] args, StringWriter output, TimeProvider time, CancellationToken stop)
    {
        using var error = new StringWriter();
        var code = CommandLine.Run(
            args, new Surroundings(output, error, Folder, Variables.GetValueOrDefault!, time, IsTerminal: false, new StopRequest(stop)));
        return new Outcome(code, output.ToString(), error.ToString());
    }

    private sealed class WatchingWriter(string line, Action seen) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(line, StringComparison.Ordinal) == true) seen();
        }
    }

    private sealed class StoppingClock(int reading, Action stop) : TimeProvider
    {
        private int _readings;

        public override long GetTimestamp()
        {
            if (Interlocked.Increment(ref _readings) == reading) stop();
            return base.GetTimestamp();
        }
    }
}

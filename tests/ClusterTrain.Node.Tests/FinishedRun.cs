using System.Text;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests;

/// <summary>One finished run for many tests, each of which changes a copy.</summary>
public sealed class FinishedRun : IDisposable
{
    private readonly Shell _shell = new();
    private int _copies;

    public FinishedRun() => Files = Baseline.Of().CopyTo(_shell["run"]);

    internal RunFiles Files { get; }

    public void Dispose() => _shell.Dispose();

    internal Outcome Run(params string[] args) => _shell.Run(args);

    internal Copy CopyForChange()
    {
        var name = $"copy-{Interlocked.Increment(ref _copies)}";
        return new Copy(_shell, name, Files.CopyTo(_shell[name]));
    }

    internal sealed class Copy(Shell shell, string name, RunFiles files) : IDisposable
    {
        public RunFiles Files { get; } = files;

        public string Name => name;

        public Outcome Run(params string[] args) => shell.Run(args);

        public Outcome Verify(params string[] args) => shell.Run(["verify", name, .. args]);

        /// <summary>The audit must fail with 3 and say this in a line of its findings.</summary>
        public void Finds(string finding, params string[] args)
        {
            var outcome = Verify(args).Gives(ExitCode.Difference);
            Assert.All(outcome.ErrorLines, line => Assert.StartsWith("difference: ", line, StringComparison.Ordinal));
            Assert.Contains(outcome.ErrorLines, line => line.Contains(finding, StringComparison.Ordinal));
        }

        public void Edit(string file, Func<string, string> change)
        {
            var before = File.ReadAllText(Files[file]);
            var after = change(before);
            Assert.NotEqual(before, after);
            File.WriteAllText(Files[file], after);
        }

        /// <summary>Flips the lowest bit of the byte at this share of the file.</summary>
        public void ChangeByte(string file, double place)
        {
            var bytes = File.ReadAllBytes(Files[file]);
            bytes[(int)(place * bytes.Length)] ^= 1;
            File.WriteAllBytes(Files[file], bytes);
        }

        /// <summary>Changes the first digit after a text in a line (the last digit of a run of digits, so that it counts little).</summary>
        public void ChangeDigit(string file, int line, string after) => Edit(file, text =>
        {
            var start = text.Split('\n').Take(line).Sum(before => before.Length + 1);
            var at = text.IndexOf(after, start, StringComparison.Ordinal) + after.Length;
            while (!char.IsAsciiDigit(text[at])) at++;
            while (char.IsAsciiDigit(text[at + 1])) at++;
            return new StringBuilder(text) { [at] = text[at] == '1' ? '2' : '1' }.ToString();
        });

        public void Dispose() => Directory.Delete(Files.FullPath, recursive: true);
    }
}

using System.Diagnostics;

namespace ClusterTrain.Node.Tests.Launchers;

/// <summary>The scripts that users start, in every kind of checkout and through every kind of link.</summary>
public sealed class LaunchersTests : IDisposable
{
    private readonly Checkout _checkout = new();

    public LaunchersTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "shell scripts are not Windows's");

    public static TheoryData<string, string> Links
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in Checkout.Launchers)
                foreach (var link in (string[])["relative", "absolute", "to a link", "beside it", "folder"])
                    data.Add(name, link);
            return data;
        }
    }

    public void Dispose() => _checkout.Dispose();

    [Theory]
    [MemberData(nameof(Links))]
    public void Launcher_ThroughALink_StartsItsOwnCheckout(string name, string link)
    {
        _checkout.Write("home/tests/A.Tests/bin/Release/net10.0/A.Tests.dll");
        _checkout.Write("elsewhere/empty");
        var (folder, path) = Linked(name, link);

        var outcome = _checkout.Call(folder, path, "x y");

        var program = name == "test" ? "dotnet tests/A.Tests/bin/Release/net10.0/A.Tests.dll -noLogo -noColor -method *x y*"
            : $"dotnet {_checkout[Checkout.Program]} {(name == "train" ? "train x y" : "x y")}";
        Assert.Contains(program, outcome.OutLines);
        Assert.Equal(name == "test" ? 1 : 0, _checkout.Builds);
    }

    [Theory]
    [InlineData("home", "./train", "./clustertrain")]
    [InlineData("elsewhere", "../home/train", "../home/clustertrain")]
    [InlineData("elsewhere", "../home/clustertrain", "../home/clustertrain")]
    public void Launcher_CalledByItsPath_HintsAreWhatTheUserCanType(string folder, string path, string hint)
    {
        _checkout.Write("elsewhere/empty");

        Assert.Contains($"launcher {hint}", _checkout.Call(folder, path).OutLines);
    }

    [Fact]
    public void Clustertrain_NothingNewer_StartsWithoutABuild()
    {
        _checkout.Call("home", "./clustertrain").Gives(0);

        Assert.Equal(0, _checkout.Builds);
    }

    [Theory]
    [InlineData("src/ClusterTrain.Node/Program.cs")]
    [InlineData("src/ClusterTrain.Node/packages.lock.json")]
    [InlineData("cluster-config/runs/quickstart.yaml")]
    [InlineData("cluster-config/studies/variance.yaml")]
    [InlineData("Directory.Packages.props")]
    [InlineData("global.json")]
    public void Clustertrain_InputOfTheBuildIsNewer_BuildsOnce(string file)
    {
        _checkout.Write($"home/{file}", "changed");

        _checkout.Call("home", "./clustertrain").Gives(0);
        _checkout.Call("home", "./clustertrain").Gives(0);

        Assert.Equal(1, _checkout.Builds);
    }

    [Fact]
    public void Clustertrain_SourceIsGone_Builds()
    {
        File.Delete(_checkout["home/src/ClusterTrain.Node/Program.cs"]);

        _checkout.Call("home", "./clustertrain").Gives(0);

        Assert.Equal(1, _checkout.Builds);
    }

    [Fact]
    public void Test_SeveralPrograms_AddsUpAndKeepsEachOutputTogether()
    {
        foreach (var name in (string[])["A", "B", "C"]) _checkout.Write($"home/tests/{name}.Tests/bin/Release/net10.0/{name}.Tests.dll");
        _checkout.Write("says", """
            case $1 in
                *A.Tests.dll) sleep 0.3; echo "   Total: 5, Errors: 0, Failed: 0, Skipped: 2, Not Run: 0, Time: 0.2s" ;;
                *B.Tests.dll) echo "   Total: 7, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 0.2s"; exit 1 ;;
                *) exit 134 ;;
            esac

            """);

        var outcome = _checkout.Call("home", "./test").Gives(1);

        Assert.Equal("9 passed, 2 failed, 2 skipped", outcome.OutLines[^1]);
        foreach (var name in (string[])["A", "B", "C"])
        {
            var at = outcome.OutLines.ToList().IndexOf($"== {name}.Tests");
            Assert.StartsWith($"dotnet tests/{name}.Tests/", outcome.OutLines[at + 1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Clone_WithCarriageReturns_HasScriptsThatStartAndBatchFilesThatDo()
    {
        var git = new Git(_checkout["git"]);
        Assert.SkipUnless(git.IsThere, "git is not on the PATH");
        string[] scripts = [.. Checkout.Launchers, .. Checkout.Launchers.Select(name => $"{name}.cmd"), ".gitattributes"];
        Directory.CreateDirectory(_checkout["git"]);
        foreach (var name in scripts) File.Copy(Path.Combine(Repository.Root, name), _checkout[$"git/{name}"]);
        git.Do("init", "-q");
        git.Do("add", ".");
        git.Do("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a");

        git.Do("-c", "core.autocrlf=true", "clone", "-q", ".", _checkout["clone"]);

        foreach (var name in Checkout.Launchers)
        {
            Assert.DoesNotContain("\r", File.ReadAllText(_checkout[$"clone/{name}"]), StringComparison.Ordinal);
            Assert.All(File.ReadAllText(_checkout[$"clone/{name}.cmd"]).Split('\n')[..^1], line => Assert.EndsWith("\r", line, StringComparison.Ordinal));
        }
    }

    // There is no Windows here: what can be said of its launchers is that they start what these start.
    [Fact]
    public void BatchFiles_Paths_AreThoseOfTheShellScripts()
    {
        static string Text(string name) => File.ReadAllText(Path.Combine(Repository.Root, name)).Replace('\\', '/');

        Assert.Contains("src/ClusterTrain.Node/bin/Release/net10.0/clustertrain.dll", Text("clustertrain"), StringComparison.Ordinal);
        Assert.Contains("src/ClusterTrain.Node/bin/Release/net10.0/clustertrain.dll", Text("clustertrain.cmd"), StringComparison.Ordinal);
        Assert.Contains("%~dp0clustertrain.cmd\" train %*", Text("train.cmd"), StringComparison.Ordinal);
        Assert.Contains("dotnet build ClusterTrain.sln -c Release", Text("test.cmd"), StringComparison.Ordinal);
        Assert.Contains("tests/*.Tests", Text("test.cmd"), StringComparison.Ordinal);
    }

    private (string Folder, string Path) Linked(string name, string link)
    {
        void Link(string at, string target) => File.CreateSymbolicLink(_checkout[at], target);
        switch (link)
        {
            case "relative":
                Link("elsewhere/other", $"../home/{name}");
                return ("elsewhere", "./other");
            case "absolute":
                Link("elsewhere/other", _checkout[$"home/{name}"]);
                return ("bin", "../elsewhere/other");
            case "to a link":
                Link("elsewhere/first", $"../home/{name}");
                Link("bin/second", "../elsewhere/first");
                return ("elsewhere", "../bin/second");
            case "beside it":
                Link("home/other", name);
                return ("home", "./other");
            default:
                Directory.CreateSymbolicLink(_checkout["elsewhere/checkout"], "../home");
                return ("elsewhere", $"checkout/{name}");
        }
    }

    private sealed class Git(string folder)
    {
        public bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(path => File.Exists(Path.Combine(path, "git")));

        public void Do(params string[] args)
        {
            using var git = Process.Start(new ProcessStartInfo("git", args) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true })!;
            var error = git.StandardError.ReadToEnd();
            git.WaitForExit();
            Assert.True(git.ExitCode == 0, error);
        }
    }
}

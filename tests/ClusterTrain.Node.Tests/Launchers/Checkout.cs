using System.Diagnostics;

namespace ClusterTrain.Node.Tests.Launchers;

/// <summary>
/// A checkout as the launchers see one: they themselves, sources, built programs, and a <c>dotnet</c> that only says how it was called.
/// </summary>
internal sealed class Checkout : IDisposable
{
    /// <summary>The launchers by their names; each has one for Windows beside it.</summary>
    public static readonly string[] Launchers = ["clustertrain", "train", "test"];

    private static readonly DateTime Built = new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);
    private readonly TemporaryFolder _folder = new();

    public Checkout()
    {
        foreach (var name in Launchers) File.Copy(Path.Combine(Repository.Root, name), Put(name));
        Write("bin/dotnet", "#!/bin/sh\nif [ \"$1\" = build ]; then echo \"built $2\" >>\"$BUILDS\"; exit; fi\n"
            + "echo \"dotnet $*\"\necho \"launcher $CLUSTERTRAIN_LAUNCHER\"\n[ -z \"${SAYS:-}\" ] || . \"$SAYS\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(this["bin/dotnet"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write("home/src/ClusterTrain.Node/Program.cs");
        Write("home/src/ClusterTrain.Node/packages.lock.json");
        Write("home/cluster-config/runs/quickstart.yaml");
        Write("home/cluster-config/studies/variance.yaml");
        Write("home/Directory.Build.props");
        Write("home/Directory.Packages.props");
        Write("home/global.json");
        foreach (var path in Directory.EnumerateFileSystemEntries(_folder.FullPath, "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(path, Built.AddDays(-1));
        Write(Program);
        File.SetLastWriteTimeUtc(this[Program], Built);
        foreach (var folder in (string[])["home/src/ClusterTrain.Node", "home/src"]) Directory.SetLastWriteTimeUtc(this[folder], Built.AddDays(-1));
    }

    /// <summary>The built program, below the checkout's parent.</summary>
    public static string Program => "home/src/ClusterTrain.Node/bin/Release/net10.0/clustertrain.dll";

    public string this[string name] => _folder[name];

    /// <summary>How often a build was asked for.</summary>
    public int Builds => File.Exists(this["builds"]) ? File.ReadAllLines(this["builds"]).Length : 0;

    public void Write(string name, string text = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
    }

    /// <summary>Calls a launcher by a path, as a user in that folder types it, and gives what it says.</summary>
    public Outcome Call(string folder, string path, params string[] args)
    {
        var start = new ProcessStartInfo("sh", ["-c", "cd \"$0\" && exec \"$@\"", this[folder], path, .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment.Remove("CLUSTERTRAIN_LAUNCHER");
        start.Environment["PATH"] = $"{this["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["BUILDS"] = this["builds"];
        if (File.Exists(this["says"])) start.Environment["SAYS"] = this["says"];
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }

    public void Dispose() => _folder.Dispose();

    private string Put(string name)
    {
        Directory.CreateDirectory(this["home"]);
        return this[Path.Combine("home", name)];
    }
}

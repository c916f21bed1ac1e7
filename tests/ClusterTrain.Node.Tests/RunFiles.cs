using System.Text.Json;

namespace ClusterTrain.Node.Tests;

/// <summary>A run's folder as a script would read it: by the names of the files and fields alone.</summary>
internal sealed class RunFiles(string path)
{
    public string FullPath { get; } = path;

    public bool Exists => Path.Exists(FullPath);

    public string this[string name] => Path.Combine(FullPath, name);

    public string StateHash => Summary().GetProperty("stateHash").GetString()!;

    public string Status => Summary().GetProperty("status").GetString()!;

    public string Ledger => File.ReadAllText(this["ledger.jsonl"]);

    public JsonElement Summary() => Json("summary.json");

    public JsonElement Json(string name) => Parse(File.ReadAllText(this[name]));

    public IReadOnlyList<JsonElement> JsonLines(string name) => [.. File.ReadAllLines(this[name]).Select(Parse)];

    public IReadOnlyList<long> CheckpointSteps() =>
    [
        .. Json("checkpoints/checkpoints.json").GetProperty("checkpoints").EnumerateArray()
            .Select(entry => entry.GetProperty("step").GetInt64()),
    ];

    /// <summary>Validation lines without timings, which are all that may differ between two equal runs.</summary>
    public IReadOnlyList<string> Curve() =>
    [
        .. JsonLines("metrics.jsonl").Select(line => string.Join(' ', line.EnumerateObject()
            .Where(field => field.Name != "seconds").Select(field => $"{field.Name}={field.Value}"))),
    ];

    /// <summary>Copies the folder as it is at this moment, but for the lock that its owner has.</summary>
    public RunFiles CopyTo(string target)
    {
        foreach (var file in Directory.EnumerateFiles(FullPath, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "claim") continue;
            var copy = Path.Combine(target, Path.GetRelativePath(FullPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return new RunFiles(target);
    }

    public static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

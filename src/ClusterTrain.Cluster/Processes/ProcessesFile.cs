using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Processes;

/// <summary>One process of a run.</summary>
/// <param name="Pid">Its number on its machine.</param>
/// <param name="Role">server, or worker.</param>
/// <param name="Name">As progress and errors name it.</param>
/// <param name="Address">Where its plane is; of a worker, the one that it talks to.</param>
public sealed record RunningProcess(int Pid, string Role, string Name, string Address);

/// <summary><c>processes.json</c>: who works for a run, while it lives.</summary>
public static class ProcessesFile
{
    /// <summary>Its place in the run's folder.</summary>
    /// <exception cref="ArgumentException">The run has none.</exception>
    public static string In(EngineRun run) => Path.Combine(
        run.Folder ?? throw new ArgumentException("An engine of processes wants a run with a folder.", nameof(run)), "processes.json");

    public static void Write(string path, IReadOnlyList<RunningProcess> processes) =>
        AtomicFile.WritePrivate(path, JsonSerializer.SerializeToUtf8Bytes(processes, ProcessesJson.Default.IReadOnlyListRunningProcess));

    public static IReadOnlyList<RunningProcess> Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), ProcessesJson.Default.IReadOnlyListRunningProcess) ?? [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<RunningProcess>))]
internal sealed partial class ProcessesJson : JsonSerializerContext;

using System.Text;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Results;

/// <summary>The run's folder was deleted or moved amid the run.</summary>
public sealed class RunFolderGoneException(string folder) : Exception(
    $"the run's folder {folder} was deleted or moved while the run was at work: the run stops, since nothing of it can be kept there; "
    + "what was saved before goes on from where the folder is now, with train --resume --out FOLDER");

/// <summary>The folder of one run: where each file is. Naming it touches nothing; only the methods below write.</summary>
/// <param name="path">Need not exist.</param>
public sealed class RunFolder(string path)
{
    public const string SpecName = "spec.yaml";
    public const string LedgerName = "ledger.jsonl";
    public const string MetricsName = "metrics.jsonl";
    public const string CheckpointsName = "checkpoints";
    public const string SummaryName = "summary.json";
    public const string ReportName = "report.html";
    public const string ProcessesName = "processes.json";
    public const string DivergedName = "diverged.json";
    public const string ConvictedName = "convicted.json";

    private const int MostKeys = 5;

    private static readonly string[] NewKeys = ["audit:"];

    private static readonly string[] OwnNames =
        [SpecName, LedgerName, MetricsName, CheckpointsName, SummaryName, ReportName, ProcessesName, DivergedName, ConvictedName];

    public string FullPath { get; } = Path.GetFullPath(path);

    public string SpecPath => PathOf(SpecName);

    public string LedgerPath => PathOf(LedgerName);

    public string MetricsPath => PathOf(MetricsName);

    public string CheckpointsPath => PathOf(CheckpointsName);

    public string SummaryPath => PathOf(SummaryName);

    public string ReportPath => PathOf(ReportName);

    public string ProcessesPath => PathOf(ProcessesName);

    /// <summary>Where a run that diverged says so.</summary>
    public string DivergedPath => PathOf(DivergedName);

    /// <summary>Where it says which workers computed wrongly.</summary>
    public string ConvictedPath => PathOf(ConvictedName);

    /// <summary>The files whose hashes the summary holds, with '/' between folders.</summary>
    public IReadOnlyList<string> SealedFiles { get; } =
        [SpecName, LedgerName, MetricsName, CheckpointsName + "/" + CheckpointStore.IndexName, ReportName, ConvictedName];

    /// <summary>Whether a name in a run's folder is one of the run's own files, or of their folder.</summary>
    /// <param name="name">Relative to the folder.</param>
    public static bool IsOwn(string name)
    {
        var first = name.Split('/', Path.DirectorySeparatorChar)[0];
        return OwnNames.Any(own => string.Equals(own, first, StringComparison.OrdinalIgnoreCase)) || first.StartsWith("claim", StringComparison.Ordinal);
    }

    /// <summary>The path of a file of this folder.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Makes the folder for a new run.</summary>
    /// <exception cref="FileFailureException">It holds a run already, or cannot be made. Nothing was changed then.</exception>
    public void Prepare()
    {
        var found = OwnNames.FirstOrDefault(name => Path.Exists(PathOf(name)));
        if (found is not null)
        {
            throw new FileFailureException(
                $"{FullPath} already holds a run ({found}): continue it with --resume, or choose another folder with --out");
        }

        try
        {
            FolderSync.Create(FullPath);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("create the output folder", FullPath, failure);
        }
    }

    /// <summary>Makes sure that the folder is still where it was when the run began.</summary>
    /// <exception cref="RunFolderGoneException">It was deleted or moved.</exception>
    public void RequireThere()
    {
        if (!File.Exists(SpecPath) || !File.Exists(LedgerPath)) throw new RunFolderGoneException(FullPath);
    }

    /// <summary>Begins a new run: makes the folder and writes its spec.</summary>
    /// <param name="spec">The spec as run, every default filled in.</param>
    /// <exception cref="FileFailureException">
    /// The folder holds a run already, or cannot be made or written. Nothing was changed then.
    /// </exception>
    public void Create(string spec)
    {
        Prepare();
        AtomicFile.Write(SpecPath, Encoding.UTF8.GetBytes(spec));
    }

    /// <summary>The spec of the run that is here.</summary>
    /// <exception cref="FileFailureException">There is none.</exception>
    public string ReadSpec()
    {
        try
        {
            return File.ReadAllText(SpecPath);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw new FileFailureException($"{FullPath} holds no run: {failure.Message}", failure);
        }
    }

    /// <summary>Makes sure that the run that is here is of this spec. Changes nothing.</summary>
    /// <param name="spec">Every default filled in.</param>
    /// <exception cref="FileFailureException">There is no run, or it has another spec.</exception>
    public void RequireSpec(string spec)
    {
        var own = ReadSpec();
        if (string.Equals(own, spec, StringComparison.Ordinal) || string.Equals(own, WithoutNewKeys(own, spec), StringComparison.Ordinal)) return;
        throw new FileFailureException(
            $"{FullPath} holds a run with another spec: resume it without changes, or choose another folder with --out"
            + Differing(own, spec));
    }

    // Keys of the root that were added later and decide no number: a folder of before has no line for them.
    private static string WithoutNewKeys(string own, string spec) => string.Join('\n', spec.Split('\n')
        .Where(line => !NewKeys.Any(key => line.StartsWith(key, StringComparison.Ordinal) && !own.Contains("\n" + key, StringComparison.Ordinal))));

    // Which keys differ, and what to do for a run that is to go on otherwise.
    private static string Differing(string own, string other)
    {
        var (before, after) = (FlatYaml.Read(own), FlatYaml.Read(other));
        string[] keys = [.. before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key)).Order(StringComparer.Ordinal)];
        if (keys.Length == 0) return "";
        var some = string.Join(", ", keys.Take(MostKeys)
            .Select(key => $"{key} ({before.GetValueOrDefault(key, "not there")} there, {after.GetValueOrDefault(key, "nothing")} asked for)"));
        return $". Differing: {some}{(keys.Length > MostKeys ? $" and {keys.Length - MostKeys} more" : "")}. A run that goes on from its result "
            + "under another spec is a new one: train with --set initialization.from=FOLDER and another --out";
    }

    /// <summary>
    /// Takes up the run that is here. An earlier session's summary and report go: they seal files that are about to grow,
    /// and would accuse them of having been changed if this session were killed.
    /// </summary>
    /// <param name="spec">The spec as run, every default filled in; must be the folder's own.</param>
    /// <exception cref="FileFailureException">There is no run, it has another spec, or the folder cannot be written.</exception>
    public void Resume(string spec)
    {
        RequireSpec(spec);
        try
        {
            Disk.Delete(SummaryPath);
            Disk.Delete(ReportPath);
            FolderSync.Flush(FullPath);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", FullPath, failure);
        }
    }
}

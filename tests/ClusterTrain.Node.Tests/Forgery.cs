using ClusterTrain.Numerics.Products;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;

namespace ClusterTrain.Node.Tests;

/// <summary>A liar who knows the program: changes one step and then every hash that would tell on it.</summary>
internal static class Forgery
{
    public static void ChangeState(RunFiles files, int step) => ChangeStates(files, at => at == step);

    /// <summary>Changes the states that the ledger names of some steps.</summary>
    public static void ChangeStates(RunFiles files, Func<long, bool> steps)
    {
        var folder = new RunFolder(files.FullPath);
        var summary = SummaryFile.Read(folder);
        var spec = summary.Fingerprint.Spec;
        var heads = RewriteLedger(folder, spec, steps);
        RewriteCheckpoints(folder, spec, content => content with { LedgerHead = heads[(int)content.Step] });
        SummaryFile.Write(folder, summary with { LedgerHead = heads[^1] });
    }

    /// <summary>Gives a checkpoint the state of another one, and every hash that would tell on it.</summary>
    public static void ChangeCheckpoint(RunFiles files, long step, long other)
    {
        var folder = new RunFolder(files.FullPath);
        var summary = SummaryFile.Read(folder);
        var lie = new CheckpointStore(folder.CheckpointsPath, summary.Fingerprint.Spec, keep: 100).Load(other);
        RewriteCheckpoints(
            folder, summary.Fingerprint.Spec, content => content.Step != step ? content : content with { Tensors = lie.Tensors, StateHash = lie.StateHash });
        SummaryFile.Write(folder, summary);
    }

    /// <summary>Makes every checkpoint say that it was computed with other arithmetic.</summary>
    public static void ChangeMath(RunFiles files, MathIdentity math)
    {
        var folder = new RunFolder(files.FullPath);
        RewriteCheckpoints(folder, SummaryFile.Read(folder).Fingerprint.Spec, content => content with
        {
            RunState = (ProgressText.FromMetadata(content.RunState, content.Step) with { Math = math }).ToMetadata(),
        });
    }

    /// <summary>The ledger's head after each number of steps.</summary>
    private static List<string> RewriteLedger(RunFolder folder, string spec, Func<long, bool> steps)
    {
        var entries = LedgerReader.Read(folder.LedgerPath, spec).Entries;
        File.Delete(folder.LedgerPath);
        using var ledger = LedgerWriter.Create(folder.LedgerPath, spec);
        List<string> heads = [ledger.Head];
        foreach (var entry in entries)
        {
            ledger.Append(steps(entry.Step) ? entry with { State = new string('0', entry.State.Length) } : entry);
            heads.Add(ledger.Head);
        }

        return heads;
    }

    private static void RewriteCheckpoints(RunFolder folder, string spec, Func<CheckpointContent, CheckpointContent> forge)
    {
        var honest = new CheckpointStore(folder.CheckpointsPath, spec, keep: 100);
        var contents = honest.Index()!.Checkpoints.Select(entry => honest.Load(entry.Step)).ToList();
        Directory.Delete(folder.CheckpointsPath, recursive: true);
        var forged = new CheckpointStore(folder.CheckpointsPath, spec, keep: 100);
        foreach (var content in contents) forged.Save(forge(content), isBest: false);
    }
}

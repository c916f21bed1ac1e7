using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Sessions;

/// <summary>A run's folder as a place to start from, and to be written by one <see cref="RunRecorder"/>.</summary>
public sealed class StoredRun(RunFolder folder, RunContext context)
{
    private const string GoingBack = "; going back further";
    private readonly RunPlan _plan = context.Plan;

    public RunFolder Folder { get; } = folder;

    public RunContext Context { get; } = context;

    public string SpecHashText { get; } = SpecHash.Of(context.Spec);

    public CheckpointStore Checkpoints { get; } =
        new(folder.CheckpointsPath, SpecHash.Of(context.Spec), context.Spec.Checkpoints.Keep);

    /// <summary>Creates the folder: the first moment at which anything is written.</summary>
    /// <exception cref="FileFailureException">It cannot be written, or holds a run.</exception>
    public RunStart Create()
    {
        Folder.Create(SpecWriter.Write(Context.Spec));
        return new RunStart(RunState.Initial(_plan), 0, LedgerWriter.Create(Folder.LedgerPath, SpecHashText), []);
    }

    /// <summary>Makes sure that the folder's run is the context's. Changes nothing.</summary>
    /// <exception cref="FileFailureException">The folder holds no run, or one of another spec.</exception>
    public void RequireSameSpec() => Folder.RequireSpec(SpecWriter.Write(Context.Spec));

    /// <summary>Makes sure that what was computed so far was computed with the context's math. Changes nothing.</summary>
    /// <exception cref="MathMismatchException">It was not.</exception>
    public void RequireSameMath()
    {
        if (RecordedMath.Of(Folder, Context.Spec) is { } recorded && recorded != Context.Math)
            throw new MathMismatchException(recorded, Context.Math);
    }

    /// <summary>
    /// Goes back to the newest good checkpoint, or to the beginning when there never was one: later lines of ledger and
    /// metrics are cut off, and will be written again to the same bits.
    /// </summary>
    /// <exception cref="FileFailureException">The folder holds no run, or one of another spec.</exception>
    /// <exception cref="CheckpointException">
    /// There are checkpoints but none is good, or the ledger is not the one that the newest belongs to.
    /// </exception>
    /// <exception cref="MathMismatchException">The run was computed with another backend.</exception>
    public RunStart Resume()
    {
        RequireSameSpec();
        List<string> found = [.. Torn(), .. RebuildIndex()];
        RequireSameMath();
        var convicted = ConvictedFile.Read(Folder);
        var (state, seconds, head, warnings) = NewestGood();
        var ledger = ResumeLedger(state.Model.Version, head);
        Folder.Resume(SpecWriter.Write(Context.Spec));
        // Not by version: a state saved amid its own evaluation will be evaluated again.
        var evaluated = state.Stopping.LastVersion ?? -1;
        MetricsFile.Keep(Folder.MetricsPath, record => record.Step <= evaluated && record.Split == MetricsRecord.Validation);
        return new RunStart(state, seconds, ledger, [.. found, .. warnings, .. convicted.Select(worker => worker.Words)]) { Convicted = convicted };
    }

    /// <summary>The result's state: the best checkpoint when the spec tracks one, else the newest.</summary>
    /// <exception cref="CheckpointException">There is none, or it was changed.</exception>
    public ModelState LoadResult()
    {
        var index = Checkpoints.Index() ?? throw new CheckpointException($"{Folder.FullPath} has no checkpoint yet");
        return LoadModel(index.Best ?? index.Latest).Model;
    }

    /// <summary>The state of one checkpoint, and what the run knew then.</summary>
    public (ModelState Model, ProgressText Progress, string LedgerHead) LoadModel(long version)
    {
        var content = Checkpoints.Load(version);
        return (StateTensors.Restore(_plan.Network, _plan.Rule, content),
            ProgressText.FromMetadata(content.RunState, content.Step), content.LedgerHead);
    }

    private IEnumerable<string> Torn()
    {
        foreach (var (name, path) in ((string, string)[])[(RunFolder.LedgerName, Folder.LedgerPath), (RunFolder.MetricsName, Folder.MetricsPath)])
            if (MetricsFile.TornBytes(path) is > 0 and var bytes)
                yield return FormattableString.Invariant($"{name}: its last line was torn ({bytes} bytes without an end): it is cut off and written again");
    }

    // A checkpoint of a step that has one already is written over it, and then into the index: whoever was killed in between left a file that
    // is not the one in the index, and as good.
    private List<string> Renew(CheckpointIndex? index)
    {
        List<string> found = [];
        foreach (var entry in index?.Checkpoints.Where(entry => entry.Step <= index.Latest).Reverse() ?? [])
        {
            if (Checkpoints.IsAsListed(entry)) break;
            if (Checkpoints.WrittenOver(entry) is not { } written || StateTensors.Hash(StateTensors.Restore(_plan.Network, _plan.Rule, written.Content)) != entry.StateHash) continue;
            Checkpoints.List(written.Entry);
            found.Add(FormattableString.Invariant($"step {entry.Step}: the run was cut off while its checkpoint was written once more; the new one has the same state, and is in the index now"));
        }

        return found;
    }

    // The index can be made anew from what it lists: each checkpoint says what it is, and its state has the hash that it names.
    private List<string> RebuildIndex()
    {
        try
        {
            return Renew(Checkpoints.Index());
        }
        catch (CheckpointException damaged)
        {
            var good = Checkpoints.Found().Where(found => StateTensors.Hash(StateTensors.Restore(_plan.Network, _plan.Rule, found.Content)) == found.Entry.StateHash).ToList();
            if (good.Count == 0) throw;
            var newest = good[^1].Content;
            var best = ProgressText.FromMetadata(newest.RunState, newest.Step).Stopping.BestVersion;
            Checkpoints.Rebuild([.. good.Select(found => found.Entry)], good.Exists(found => found.Entry.Step == best) ? best : null);
            return [FormattableString.Invariant($"{damaged.Message}; it was made anew from the {good.Count} good checkpoints")];
        }
    }

    private LedgerWriter ResumeLedger(long version, string? head)
    {
        if (version == 0 && !File.Exists(Folder.LedgerPath)) return LedgerWriter.Create(Folder.LedgerPath, SpecHashText);
        var ledger = LedgerWriter.Resume(Folder.LedgerPath, SpecHashText, version - 1);
        if (head is null || ledger.Head == head) return ledger;
        ledger.Dispose();
        throw new CheckpointException(
            $"{Folder.LedgerPath} cannot be resumed: the line of step {version - 1} was changed: its hash is not the one in the checkpoint of step {version}");
    }

    private (RunState State, double Seconds, string? LedgerHead, IReadOnlyList<string> Warnings) NewestGood()
    {
        List<string> warnings = [];
        var index = Checkpoints.Index();
        foreach (var entry in index?.Checkpoints.Where(entry => entry.Step <= index.Latest).Reverse() ?? [])
        {
            try
            {
                var (model, progress, head) = LoadModel(entry.Step);
                var best = progress.Stopping.BestVersion is not { } version ? null
                    : version == entry.Step ? model.Copy() : LoadModel(version).Model;
                return (new RunState(model, best, progress.Stopping), progress.Seconds, head, warnings);
            }
            catch (CheckpointException failure)
            {
                warnings.Add(failure.Message + GoingBack);
            }
        }

        return index is null
            ? (RunState.Initial(_plan), 0, null, warnings)
            : throw new CheckpointException(
                $"{Folder.CheckpointsPath} has no checkpoint to go on from: {warnings[0].Replace(GoingBack, "", StringComparison.Ordinal)}; delete that folder to start the run over");
    }
}

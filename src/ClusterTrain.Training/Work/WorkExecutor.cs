using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Work;

/// <summary>
/// Executes work items: the one idea of the system. A result is a pure function of item, parameters and the run's
/// context; the executor only owns memory, so each worker has its own and calls it from one thread at a time.
/// </summary>
public sealed class WorkExecutor
{
    private readonly RunContext _context;
    private readonly RunPlan _plan;
    private readonly Replica _thinned;
    private readonly Replica _full;
    private readonly ReplicaMask _fullMask;
    private readonly ReplicaMask _attackMask;
    private readonly ExampleMasks? _exampleMasks;
    private readonly AttackLoop _attack = new();
    private readonly IDriftLoss? _attackerLoss;
    private readonly ObjectiveSurface? _attackerSurface;
    private readonly ITrainingLoss _loss;
    private readonly CutMixLoss? _cutMix;
    private readonly WeightPerturbation? _perturbation;
    private readonly Evaluator _evaluator;
    private readonly TrainingRows _trainingRows;
    private readonly float[] _rows;
    private readonly float[] _fullRows;
    private readonly float[] _attacked;
    private readonly byte[] _labels;
    private readonly float[] _losses;
    private readonly byte[] _predictions;
    private ParameterSnapshot? _fullParameters;
    private IReadOnlyList<(EvaluationChunk Chunk, AttackPlan? Threat)>? _validation;
    private IReadOnlyList<(EvaluationChunk Chunk, AttackPlan? Threat)>? _conclusion;

    public WorkExecutor(RunContext context)
    {
        _context = context;
        _plan = context.Plan;
        var (network, products) = (_plan.Network, context.CreateProducts());
        var batch = _plan.Copies * _plan.ShardRows;
        _thinned = new Replica(network, products, batch);
        _full = new Replica(network, products, Math.Max(batch, EvaluationChunk.MaxRows));
        _attackerLoss = _plan.AttackerLoss();
        var smoothing = context.Spec.Regularization.LabelSmoothing;
        _cutMix = context.Spec.Augmentation.CutMix > 0
            ? new CutMixLoss((float)smoothing) { Partners = new byte[_plan.ShardRows], Own = new float[_plan.ShardRows] } : null;
        ILogitLoss? climbed = _cutMix is null ? _attackerLoss : _cutMix;
        _attackerSurface = climbed is null ? null : new ObjectiveSurface(climbed);
        var loss = _cutMix ?? context.Spec.Adversarial.Loss(smoothing);
        _loss = context.Spec.Data.Balance == BalanceChoice.Weights
            ? new WeightedLoss(loss, ClassBalance.Weights(context.Data.Train.Labels, context.Data.Classes)) : loss;
        _perturbation = _plan.AttackedRowsOfShard > 0 && context.Spec.Adversarial.AwpGamma > 0
            ? new WeightPerturbation(network, context.Spec.Adversarial.AwpGamma) : null;
        _fullMask = new ReplicaMask(network).Fill();
        _attackMask = new ReplicaMask(network);
        _exampleMasks = _plan.HasExampleMasks ? new ExampleMasks(network, batch) : null;
        _evaluator = new Evaluator(context, _attack);
        _rows = new float[batch * network.Inputs];
        _trainingRows = new TrainingRows(context);
        _fullRows = new float[_plan.AttacksFullNetwork ? _plan.AttackedRowsOfShard * network.Inputs : 0];
        _attacked = new float[_plan.AttackedRowsOfShard * network.Inputs];
        _labels = new byte[_plan.ShardRows];
        _losses = new float[_plan.ShardRows];
        _predictions = new byte[_plan.ShardRows];
    }

    /// <summary>Does one item of a range. What the result holds is rented from the context's pool and passes to the caller.</summary>
    /// <param name="range">What was given out.</param>
    /// <param name="offset">Which of its items, 0 to its count - 1.</param>
    /// <param name="parameters">Parameters of the range's version.</param>
    /// <param name="batches">Of each item its adversarial rows, where they were made ahead; else empty.</param>
    public WorkResult Execute(
        WorkRange range, int offset, ParameterSnapshot parameters, ReadOnlyMemory<AdversarialBatch?> batches = default)
    {
        var id = range[offset];
        RequireVersion(id, range.Version, parameters);
        switch (range.Kind)
        {
            case WorkKind.Gradient:
                return Gradient(id, batches.IsEmpty ? null : batches.Span[offset], parameters, range.Halvings);
            case WorkKind.Attack:
                return Attack(id, parameters, range.Halvings);
            default:
                var (chunk, threat) = Chunks(range.Kind)[id.Index];
                return Evaluate(new WorkItem.Evaluate(id, range.Version, chunk, threat), parameters);
        }
    }

    /// <summary>Does a piece of work. What the result holds is rented from the context's pool and passes to the caller.</summary>
    /// <param name="item">What to do.</param>
    /// <param name="parameters">Parameters of the item's version.</param>
    public WorkResult Execute(WorkItem item, ParameterSnapshot parameters)
    {
        RequireVersion(item.Id, item.Version, parameters);
        return item switch
        {
            WorkItem.Gradient gradient => Gradient(gradient.Id, gradient.Batch, parameters, gradient.Halvings),
            WorkItem.Attack attack => Attack(attack.Id, parameters, attack.Halvings),
            WorkItem.Evaluate evaluate => Evaluate(evaluate, parameters),
            _ => throw new ArgumentException($"No way to execute {item.GetType().Name}.", nameof(item)),
        };
    }

    private static void RequireVersion(WorkId id, long version, ParameterSnapshot parameters)
    {
        if (version != parameters.Version)
            throw new ArgumentException($"{id} reads version {version}, not {parameters.Version}.", nameof(parameters));
    }

    private WorkResult.Evaluated Evaluate(WorkItem.Evaluate item, ParameterSnapshot parameters) =>
        new(item.Id, _evaluator.Measure(Full(parameters), item));

    private IReadOnlyList<(EvaluationChunk Chunk, AttackPlan? Threat)> Chunks(WorkKind kind) => kind == WorkKind.Validate
        ? _validation ??= EvaluationPlan.Chunks(_context, kind)
        : _conclusion ??= EvaluationPlan.Chunks(_context, kind);

    private WorkResult.Gradient Gradient(WorkId id, AdversarialBatch? made, ParameterSnapshot parameters, int halvings)
    {
        var (step, shard) = (id.Step, id.Index);
        var result = _context.Buffers.RentGradient();
        var replica = BindReplica(result.Mask, step, shard, parameters);
        var rows = GatherRows(step, shard, result.Mask.Inputs);
        if (_plan.AttackedRowsOfShard > 0)
        {
            ReadOnlySpan<float> adversarial = made is { } batch
                ? batch.Read(_plan.AttacksFullNetwork ? _plan.Network.Inputs : result.Mask.Inputs.Features)
                : MakeAdversarial(step, shard, halvings, replica, rows, parameters, _attacked);
            Overwrite(_plan.Copies == 1 ? rows : rows[(rows.Length / 2)..], adversarial, result.Mask.Inputs);
        }

        replica.Gradient(_loss, rows, _labels, result.Values, _losses, _predictions);
        if (_perturbation is { } perturbation)
        {
            _thinned.Bind(perturbation.Of(parameters.Parameters, result.Mask, result.Values), result.Mask, _exampleMasks, _plan.WeightsOf(step, shard));
            _thinned.Gradient(_loss, rows, _labels, result.Values, _losses, _predictions);
        }

        Tally(result);
        return new WorkResult.Gradient(id, result);
    }

    private WorkResult.Attacked Attack(WorkId id, ParameterSnapshot parameters, int halvings)
    {
        var (step, shard) = (id.Step, id.Index);
        var replica = BindReplica(_attackMask, step, shard, parameters);
        var rows = GatherRows(step, shard, _attackMask.Inputs);
        var batch = _context.Buffers.RentBatch();
        batch.Resize(_plan.AttackedRowsOfShard, _plan.AttacksFullNetwork ? _full.Features : replica.Features);
        MakeAdversarial(step, shard, halvings, replica, rows, parameters, batch.Values);
        return new WorkResult.Attacked(id, batch);
    }

    /// <summary>The replica of (step, shard): cut out by its mask, or the full network with row-wise masks.</summary>
    private Replica BindReplica(ReplicaMask mask, long step, int shard, ParameterSnapshot parameters)
    {
        if (_exampleMasks is { } masks)
        {
            mask.FillForTraining();
            masks.Draw(_plan.Network, _plan.Spec.Seed, step, shard, _plan.ShardRows, _plan.Copies);
            _thinned.Bind(parameters.Parameters, mask, masks, _plan.WeightsOf(step, shard));
            return _thinned;
        }

        mask.Draw(_plan.Masks, step, shard);
        var draw = _plan.WeightsOf(step, shard);
        if (mask.IsFull && draw is null) return Full(parameters);
        _thinned.Bind(parameters.Parameters, mask, draw: draw);
        return _thinned;
    }

    // Weights packed for one shard serve every other item that reads the same memory at the same version. A version
    // alone would not do: the best state and a restored server have memory of their own, while that of the version
    // which was packed, some of it perhaps late, has been written over.
    private Replica Full(ParameterSnapshot parameters)
    {
        if (_fullParameters != parameters) _full.Bind(parameters.Parameters, _fullMask);
        _fullParameters = parameters;
        return _full;
    }

    /// <summary>Adversarial versions of the shard's first rows, in the features of what is attacked.</summary>
    private Span<float> MakeAdversarial(
        long step, int shard, int halvings, Replica replica, ReadOnlySpan<float> rows, ParameterSnapshot parameters, Span<float> target)
    {
        var count = _plan.AttackedRowsOfShard;
        var surface = _plan.AttacksFullNetwork ? Full(parameters) : replica;
        if (_plan.AttacksFullNetwork) rows = GatherFullRows(step, shard);
        var adversarial = target[..(count * surface.Features)];
        _attack.Run(
            Objective(surface, rows[..adversarial.Length]), _plan.AttackAt(step, halvings), rows[..adversarial.Length], _labels.AsSpan(0, count),
            new AttackStart(_plan.Spec.Seed, step, shard), adversarial);
        return adversarial;
    }

    private ILossSurface Objective(Replica surface, ReadOnlySpan<float> rows)
    {
        if (_attackerSurface is null) return surface;
        _attackerLoss?.TakeClean(surface.Logits(rows, _plan.AttackedRowsOfShard), surface.Classes);
        return _attackerSurface.Over(surface);
    }

    /// <summary>The shard's rows, [copies, rows, kept inputs], of which only the first copy is written, and its labels.</summary>
    private Span<float> GatherRows(long step, int shard, KeptUnits kept)
    {
        var numbers = _context.Order.Rows(step, shard);
        var rows = _rows.AsSpan(0, _plan.Copies * numbers.Length * kept.Features);
        for (var i = 0; i < numbers.Length; i++)
        {
            _labels[i] = _trainingRows.Label(numbers[i]);
            var partner = Partner(numbers, i);
            Pick(_trainingRows.Row(step, numbers[i], partner), kept, rows.Slice(i * kept.Features, kept.Features));
            if (_cutMix is null) continue;
            _cutMix.Partners[i] = _trainingRows.Label(partner);
            _cutMix.Own[i] = _trainingRows.Own(step, numbers[i]);
        }

        return rows;
    }

    private Span<float> GatherFullRows(long step, int shard)
    {
        var numbers = _context.Order.Rows(step, shard);
        var features = _plan.Network.Inputs;
        var rows = _fullRows.AsSpan(0, _plan.AttackedRowsOfShard * features);
        for (var i = 0; i < _plan.AttackedRowsOfShard; i++)
            _trainingRows.Row(step, numbers[i], Partner(numbers, i)).CopyTo(rows.Slice(i * features, features));
        return rows;
    }

    // The next row of the shard: of an order that is drawn anew every epoch.
    private static int Partner(ReadOnlySpan<int> numbers, int i) => numbers[(i + 1) % numbers.Length];

    private void Overwrite(Span<float> rows, ReadOnlySpan<float> adversarial, KeptUnits kept)
    {
        var features = adversarial.Length / _plan.AttackedRowsOfShard;
        for (var i = 0; i < _plan.AttackedRowsOfShard; i++)
        {
            var row = adversarial.Slice(i * features, features);
            var target = rows.Slice(i * kept.Features, kept.Features);
            if (features == kept.Features) row.CopyTo(target);
            else Pick(row, kept, target);
        }
    }

    private static void Pick(ReadOnlySpan<float> row, KeptUnits kept, Span<float> target)
    {
        if (kept.IsAll)
        {
            row.CopyTo(target);
            return;
        }

        kept.Gather(row, target);
    }

    private void Tally(ShardGradient result)
    {
        var (loss, correct) = (0.0, 0);
        for (var row = 0; row < _losses.Length; row++)
        {
            loss += _losses[row];
            if (_predictions[row] == _labels[row]) correct++;
        }

        result.Loss = loss / _losses.Length;
        result.Correct = correct;
    }
}

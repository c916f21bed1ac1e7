using System.Globalization;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Schedules;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Training.Planning;

/// <summary>
/// A spec worked out against its data: how many steps there are, what each one reads, attacks and updates with. All of
/// it a pure function of spec and data sizes.
/// </summary>
public sealed class RunPlan
{
    private readonly OptimizerSpec _optimizer;
    private readonly WarmedSchedule _schedule;
    private readonly double _attackWarmupSteps;

    /// <param name="source">Weights to start from; whoever makes the first state needs them, workers do not.</param>
    public RunPlan(RunSpec spec, Dataset data, ITensorSource? source = null)
        : this(
            spec,
            Network.Build(MapShape.Of(data.InputShape), NormalizeLayer.Fill(spec.Network.Layers, () => ChannelMoments.Of(data))),
            MapShape.Of(data.InputShape), data.Train.Rows, data.Range)
    {
        Transfer = source is null ? null : LayerTransfer.Of(Network, source, spec.Initialization);
    }

    /// <summary>The same from what is known of data before they are read.</summary>
    /// <param name="network">The spec's, over the data's shape.</param>
    /// <param name="image">Shape of an example.</param>
    /// <param name="trainRows">Rows of the training split.</param>
    /// <param name="range">What each input can be; null means [0, 1].</param>
    public RunPlan(RunSpec spec, Network network, MapShape image, int trainRows, InputRange? range = null)
    {
        Spec = spec;
        TrainRows = trainRows;
        Network = network;
        StepsPerEpoch = TrainRows / spec.Batch.Size;
        TotalSteps = (long)StepsPerEpoch * spec.Epochs;
        ShardRows = spec.Batch.Size / spec.Batch.Shards;
        _optimizer = spec.Optimizer;
        Rule = spec.Optimizer.Type;
        _schedule = new WarmedSchedule(
            spec.Schedule.Type, (long)Math.Round(spec.Schedule.WarmupEpochs * StepsPerEpoch), TotalSteps, StepsPerEpoch);
        _attackWarmupSteps = spec.Adversarial.WarmupEpochs * StepsPerEpoch;
        DrawsWeights = spec.Regularization.WeightNoise > 0 || Network.Stages.Any(stage => stage.WeightRate > 0);
        TrainAttack = AttackPlan.ForTraining(spec.Adversarial.Attack, image, range);
        ValidationAttack = AttackPlan.ForEvaluation(spec.Evaluation.ValidationAttack, image, range);
        TestAttack = AttackPlan.ForEvaluation(spec.Evaluation.TestAttack, image, range);
        AttackedRowsOfShard = TrainAttack is null ? 0 : spec.Adversarial.AttackedRows(ShardRows);
    }

    public RunSpec Spec { get; }

    public Network Network { get; }

    /// <summary>What the first state has of another run; null when nothing, or when it was not read here.</summary>
    public LayerTransfer? Transfer { get; }

    public OptimizerRule Rule { get; }

    /// <summary>Whether a mean of the weights is the model.</summary>
    public bool HasAverage => Spec.Average.Type.IsOn;

    /// <summary>What the mean of the weights moves by towards those that a step has made, 0 to 1.</summary>
    public double AverageShare(long step) => Spec.Average.Type.Share(step, TotalSteps, StepsPerEpoch);

    public int TrainRows { get; }

    /// <summary>Whole batches in the training rows; what is left over sits out that epoch.</summary>
    public int StepsPerEpoch { get; }

    public long TotalSteps { get; }

    public int Shards => Spec.Batch.Shards;

    public int ShardRows { get; }

    /// <summary>Rows of each shard that are attacked, from its first on; 0 trains on clean rows alone.</summary>
    public int AttackedRowsOfShard { get; }

    /// <summary>Versions of each row in a shard's batch: 1, or 2 when its clean and its adversarial one are both trained on.</summary>
    public int Copies => Spec.Adversarial.NeedsBothVersions ? 2 : 1;

    /// <summary>What the training attack climbs instead of cross-entropy, one for each thread; null for cross-entropy.</summary>
    public IDriftLoss? AttackerLoss() => AttackedRowsOfShard > 0 ? Spec.Adversarial.Objective.AttackerLoss() : null;

    /// <summary>Whether batches are attacked one version ahead, as work items of their own.</summary>
    public bool IsPipelined =>
        AttackedRowsOfShard > 0 && Spec.Adversarial.Generation == GenerationChoice.Pipelined;

    /// <summary>Whether training attacks the full network in inference mode instead of the shard's own replica.</summary>
    public bool AttacksFullNetwork => AttackedRowsOfShard > 0 && Spec.Adversarial.Replica == ReplicaChoice.Full;

    /// <summary>Whether dropout draws a mask for every row instead of one for the shard.</summary>
    public bool HasExampleMasks =>
        Network.HasDropout && Spec.Regularization.DropoutMasks == MaskChoice.Example;

    /// <summary>Whether each shard trains on drawn weights: DropConnect, or noise.</summary>
    public bool DrawsWeights { get; }

    /// <summary>What happens to the weights of a shard in training.</summary>
    public WeightDraw? WeightsOf(long step, int shard) =>
        DrawsWeights ? new WeightDraw(Spec.Seed, step, shard, Spec.Regularization.WeightNoise) : null;

    /// <summary>Whether a parameter's gradient is the mean over the shards that hold it, not over all.</summary>
    public bool TakesMeanOfHolders => _optimizer.GradientMean == GradientMean.Holders;

    /// <summary>Where the shards' masks come from.</summary>
    public MaskRule Masks => new(
        Spec.Seed, Spec.Regularization.DropoutMasks == MaskChoice.Pool ? Spec.Regularization.MaskPool : 0);

    public AttackPlan? TrainAttack { get; }

    public AttackPlan? ValidationAttack { get; }

    public AttackPlan? TestAttack { get; }

    /// <summary>Epochs done at a version, with fraction.</summary>
    public double EpochAt(long version) => (double)version / StepsPerEpoch;

    /// <summary>Version whose parameters make step <paramref name="step"/>'s adversarial examples.</summary>
    public long AttackVersion(long step) => IsPipelined ? Math.Max(0, step - 1) : step;

    /// <summary>The training attack at a step, after eps warm-up: full strength from the end of the warm-up on.</summary>
    /// <param name="step">The step.</param>
    /// <param name="halvings">How often its step was halved, after collapses.</param>
    public AttackPlan AttackAt(long step, int halvings = 0)
    {
        var plan = TrainAttack!.Scaled(_attackWarmupSteps > 0 ? Math.Min(1, (step + 1) / _attackWarmupSteps) : 1);
        return halvings == 0 ? plan : plan with { Attack = plan.Attack.Stepping(Math.ScaleB(1, -halvings)) };
    }

    public UpdateFactors FactorsAt(long step) => new(
        1f / Shards,
        _optimizer.LearningRate * _schedule.Factor(step),
        Spec.Regularization.L2,
        Spec.Regularization.WeightDecay,
        Spec.Regularization.L1,
        Spec.Regularization.MaxNorm)
    { Step = step + 1 };

    /// <summary>Whether penalties and decay act on a tensor that an optimizer moves.</summary>
    public bool Penalizes(ParameterTensor tensor) => tensor.IsPenalized || Spec.Regularization.Penalized == PenaltyScope.All;

    /// <summary>Factor of the learning rate of a stage's parameters; 0 freezes them.</summary>
    public double RateOf(Stage stage)
    {
        var layer = int.Parse(stage.Path.Split('.')[0], CultureInfo.InvariantCulture);
        return layer < _optimizer.LayerRates.Count ? _optimizer.LayerRates[layer] : 1;
    }

    /// <summary>Whether the validation rows are measured at this version.</summary>
    public bool IsEvaluationDue(long version) => version > 0 && (version == TotalSteps
        || version % ((long)StepsPerEpoch * Spec.Evaluation.EveryEpochs) == 0);

    /// <summary>Whether the state goes to disk at this version.</summary>
    public bool IsCheckpointDue(long version) =>
        Spec.Checkpoints.EverySteps == 0 ? IsEvaluationDue(version)
            : version == TotalSteps || version % Spec.Checkpoints.EverySteps == 0;
}

using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Runs an <see cref="AttackPlan"/> against a loss surface. Owns its scratch memory; one per thread.</summary>
public sealed class AttackLoop
{
    private float[] _gradient = [];
    private float[] _candidate = [];
    private float[] _losses = [];
    private float[] _worst = [];
    private AttackPlan? _plan;
    private IThreatModel? _threat;

    /// <summary>Adversarial versions of <paramref name="rows"/>; both [batch, features], labels [batch].</summary>
    /// <param name="surface">The network under attack, with its mask if it has one.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="rows">Clean rows.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="start">Gives the numbers of each restart.</param>
    /// <param name="adversarial">Written.</param>
    /// <param name="onIterate">Sees each iterate of the first run, for tests.</param>
    public void Run(
        ILossSurface surface, AttackPlan plan, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels,
        AttackStart start, Span<float> adversarial, Action<int, float[]>? onIterate = null)
    {
        var threat = Threat(plan);
        Grow(ref _gradient, rows.Length);
        Ascend(surface, plan, threat, rows, labels, start.Stream(0), adversarial, onIterate);
        if (plan.Restarts == 1) return;

        Grow(ref _candidate, rows.Length);
        Grow(ref _losses, labels.Length);
        Grow(ref _worst, labels.Length);
        var candidate = _candidate.AsSpan(0, rows.Length);
        surface.Losses(adversarial, labels, _worst);
        for (var restart = 1; restart < plan.Restarts; restart++)
        {
            Ascend(surface, plan, threat, rows, labels, start.Stream(restart), candidate, null);
            surface.Losses(candidate, labels, _losses);
            KeepWorse(surface.Features, labels.Length, candidate, adversarial);
        }
    }

    private void Ascend(
        ILossSurface surface, AttackPlan plan, IThreatModel threat, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels,
        RandomStream stream, Span<float> adversarial, Action<int, float[]>? onIterate)
    {
        var features = surface.Features;
        rows.CopyTo(adversarial);
        if (plan.RandomStart)
        {
            for (var row = 0; row < labels.Length; row++)
            {
                var first = (long)row * threat.StartNumbers(features);
                threat.Start(Row(rows, row, features), Row(adversarial, row, features), stream, first);
                threat.Project(Row(rows, row, features), Row(adversarial, row, features));
            }
        }

        var gradient = _gradient.AsSpan(0, rows.Length);
        for (var step = 0; step < plan.Steps; step++)
        {
            surface.InputGradient(adversarial, labels, gradient);
            for (var row = 0; row < labels.Length; row++)
            {
                threat.Step(Row(gradient, row, features), Row(adversarial, row, features));
                threat.Project(Row(rows, row, features), Row(adversarial, row, features));
            }

            onIterate?.Invoke(step, adversarial.ToArray());
        }
    }

    private IThreatModel Threat(AttackPlan plan)
    {
        if (_threat is null || !ReferenceEquals(plan, _plan)) _threat = plan.Threat();
        _plan = plan;
        return _threat;
    }

    private void KeepWorse(int features, int batch, ReadOnlySpan<float> candidate, Span<float> adversarial)
    {
        for (var row = 0; row < batch; row++)
        {
            if (!(_losses[row] > _worst[row])) continue;
            _worst[row] = _losses[row];
            Row(candidate, row, features).CopyTo(Row(adversarial, row, features));
        }
    }

    private static Span<float> Row(Span<float> rows, int row, int features) => rows.Slice(row * features, features);

    private static ReadOnlySpan<float> Row(ReadOnlySpan<float> rows, int row, int features) =>
        rows.Slice(row * features, features);

    private static void Grow(ref float[] array, int length)
    {
        if (array.Length < length) array = new float[length];
    }
}

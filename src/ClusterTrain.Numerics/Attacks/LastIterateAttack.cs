using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>PGD as training runs it: every run's answer is its last iterate, and a row keeps its run with the highest loss.</summary>
internal sealed class LastIterateAttack : IAttack
{
    private float[] _gradient = [];
    private float[] _velocity = [];
    private float[] _candidate = [];
    private float[] _losses = [];
    private float[] _worst = [];
    private AttackPlan? _plan;
    private IThreatModel? _threat;

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, Span<float> adversarial, Action<int, float[]>? onIterate)
    {
        var threat = Threat(plan);
        Grow(ref _gradient, batch.Rows.Length);
        if (plan.Momentum > 0) Grow(ref _velocity, batch.Rows.Length);
        Ascend(surface, plan, threat, batch, batch.Start.Stream(0), adversarial, onIterate);
        if (plan.Restarts == 1) return;

        Grow(ref _candidate, batch.Rows.Length);
        Grow(ref _losses, batch.Count);
        Grow(ref _worst, batch.Count);
        var candidate = _candidate.AsSpan(0, batch.Rows.Length);
        surface.Losses(adversarial, batch.Labels, _worst);
        for (var restart = 1; restart < plan.Restarts; restart++)
        {
            Ascend(surface, plan, threat, batch, batch.Start.Stream(restart), candidate, null);
            surface.Losses(candidate, batch.Labels, _losses);
            KeepWorse(batch.Features, batch.Count, candidate, adversarial);
        }
    }

    private void Ascend(
        ILossSurface surface, AttackPlan plan, IThreatModel threat, AttackBatch batch, RandomStream stream,
        Span<float> adversarial, Action<int, float[]>? onIterate)
    {
        var features = batch.Features;
        batch.Rows.CopyTo(adversarial);
        if (plan.RandomStart)
        {
            for (var row = 0; row < batch.Count; row++)
            {
                var first = (long)batch.Place(row) * threat.StartNumbers(features);
                threat.Start(batch.Row(row), Row(adversarial, row, features), stream, first);
                threat.Project(batch.Row(row), Row(adversarial, row, features));
            }
        }

        var gradient = _gradient.AsSpan(0, batch.Rows.Length);
        var velocity = plan.Momentum > 0 ? _velocity.AsSpan(0, batch.Rows.Length) : gradient;
        if (plan.Momentum > 0) velocity.Clear();
        for (var step = 0; step < plan.Steps; step++)
        {
            surface.InputGradient(adversarial, batch.Labels, gradient);
            for (var row = 0; row < batch.Count; row++)
            {
                if (plan.Momentum > 0)
                    GradientMomentum.Add(Row(gradient, row, features), plan.Momentum, Row(velocity, row, features));
                threat.Step(Row(velocity, row, features), Row(adversarial, row, features));
                threat.Project(batch.Row(row), Row(adversarial, row, features));
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
            candidate.Slice(row * features, features).CopyTo(Row(adversarial, row, features));
        }
    }

    private static Span<float> Row(Span<float> rows, int row, int features) => rows.Slice(row * features, features);

    private static void Grow(ref float[] array, int length)
    {
        if (array.Length < length) array = new float[length];
    }
}

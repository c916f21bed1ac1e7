using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Work;

/// <summary>How far adversarial rows reach.</summary>
/// <param name="Perturbation">Largest change of a row, in the attack's norm.</param>
/// <param name="Lowest">Smallest input.</param>
/// <param name="Highest">Largest input.</param>
/// <param name="Outside">How far any input is outside its range; 0 when none is.</param>
internal readonly record struct AttackExtents(double Perturbation, double Lowest, double Highest, double Outside)
{
    /// <summary>Of no rows.</summary>
    public static readonly AttackExtents None = new(0, double.PositiveInfinity, double.NegativeInfinity, 0);

    public static AttackExtents Join(AttackExtents a, AttackExtents b) => new(
        Math.Max(a.Perturbation, b.Perturbation), Math.Min(a.Lowest, b.Lowest), Math.Max(a.Highest, b.Highest),
        Math.Max(a.Outside, b.Outside));

    public static AttackExtents Of(
        AttackNorm norm, ReadOnlySpan<float> rows, ReadOnlySpan<float> adversarial, InputRange range, int features)
    {
        var (perturbation, lowest, highest, outside) = (0.0, float.PositiveInfinity, float.NegativeInfinity, 0f);
        for (var row = 0; row < rows.Length; row += features)
        {
            var (squares, largest) = (0.0, 0.0);
            for (var i = row; i < row + features; i++)
            {
                var move = Math.Abs((double)adversarial[i] - rows[i]);
                squares += move * move;
                largest = Math.Max(largest, move);
                lowest = Math.Min(lowest, adversarial[i]);
                highest = Math.Max(highest, adversarial[i]);
                outside = Math.Max(outside, Math.Abs(adversarial[i] - range.Clamp(i - row, adversarial[i])));
            }

            perturbation = Math.Max(perturbation, norm == AttackNorm.Linf ? largest : Math.Sqrt(squares));
        }

        return new AttackExtents(perturbation, lowest, highest, outside);
    }
}

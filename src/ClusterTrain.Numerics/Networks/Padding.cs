using System.Globalization;

namespace ClusterTrain.Numerics.Networks;

/// <summary>Rows and columns of zeros around a map: a number, or <c>same</c>, as many as keep its size at stride 1.</summary>
/// <param name="Count">0 or more; of no meaning with <paramref name="IsSame"/>.</param>
/// <param name="IsSame">Whether it is (kernel - 1) / 2.</param>
public readonly record struct Padding(int Count, bool IsSame = false)
{
    /// <summary>How users write <see cref="Same"/>.</summary>
    public const string Word = "same";

    public static readonly Padding Same = new(0, IsSame: true);

    public static implicit operator Padding(int count) => new(count);

    /// <summary>Rows and columns for a kernel.</summary>
    public int Of(int kernel) => IsSame ? (kernel - 1) / 2 : Count;

    public override string ToString() => IsSame ? Word : Count.ToString(CultureInfo.InvariantCulture);
}

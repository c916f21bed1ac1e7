using System.Globalization;

namespace ClusterTrain.Training.Stopping;

/// <summary>What watching the training on one step remembers from one evaluation to the next.</summary>
public sealed record CollapseState
{
    public static readonly CollapseState None = new();

    /// <summary>Largest share of attacked validation rows that were right under many steps, since the last collapse.</summary>
    public double BestRobust { get; init; }

    /// <summary>Share that was right under the training attack there.</summary>
    public double OneStepThere { get; init; }

    /// <summary>Versions at which a collapse was found, rising.</summary>
    public IReadOnlyList<long> Finds { get; init; } = [];

    public bool IsFoundAt(long version) => Finds.Count > 0 && Finds[^1] == version;

    /// <summary>Equal finds in equal order; a record would compare the lists' identity.</summary>
    public bool Equals(CollapseState? other) => other is not null && BestRobust.Equals(other.BestRobust)
        && OneStepThere.Equals(other.OneStepThere) && Finds.SequenceEqual(other.Finds);

    public override int GetHashCode() => Finds.Aggregate(HashCode.Combine(BestRobust, OneStepThere), HashCode.Combine);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"best {BestRobust:R} with {OneStepThere:R}, collapsed at [{string.Join(", ", Finds)}]");
}

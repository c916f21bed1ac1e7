namespace ClusterTrain.Runs.Verification;

/// <summary>How much of a run is executed again.</summary>
public sealed record VerifyOptions
{
    /// <summary>Steps without <c>--steps</c> and <c>--all</c>.</summary>
    public const int DefaultSteps = 100;

    /// <summary>Every step, in one chain from the first, and every figure on all rows.</summary>
    public bool All { get; init; }

    /// <summary>Steps to execute again, 0 or more; default 100.</summary>
    public long Steps { get; init; } = DefaultSteps;

    /// <summary>First of some steps that are executed again, 0 or more, and no others; null: a sample.</summary>
    public long? From { get; init; }

    /// <summary>With <see cref="From"/>, the last of them; null: the run's last.</summary>
    public long? To { get; init; }

    /// <summary>After so long no more steps are executed than <see cref="LeastSteps"/>; null: however long it takes.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>Steps that are executed whatever they take, unless fewer are asked for.</summary>
    public long LeastSteps { get; init; } = 5;

    /// <summary>Rows of a split that are measured again, 1 or more; default 20,000.</summary>
    public int CleanRows { get; init; } = 20_000;

    /// <summary>Rows of a split that are attacked again, 1 or more; default 1,000.</summary>
    public int AttackedRows { get; init; } = 1000;

    /// <summary>The root hash that the folder had, noted elsewhere; null: none is known.</summary>
    public string? Against { get; init; }

    /// <summary>Draws a number from 0 to below its argument: no forger must know what will be looked at.</summary>
    public required Func<int, int> Draw { get; init; }

    /// <summary>Measures the patience.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below <paramref name="count"/> in a drawn order (Fisher and Yates).</summary>
    internal int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (var i = count - 1; i > 0; i--)
        {
            var other = Draw(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}

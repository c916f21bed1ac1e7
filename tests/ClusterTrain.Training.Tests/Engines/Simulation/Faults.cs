using ClusterTrain.Training.Work;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>
/// One schedule of a simulated run: seed, workers, and how often what goes wrong. Chances are in percent of items. All
/// of it printed reproduces a failure.
/// </summary>
public sealed record Faults
{
    /// <summary>Nothing goes wrong; workers still race.</summary>
    public static readonly Faults None = new();

    public int Seed { get; init; }

    /// <summary>Workers at the start, 1 or more; who dies is replaced.</summary>
    public int Workers { get; init; } = 3;

    /// <summary>Items that take far longer than a lease.</summary>
    public int Slow { get; init; }

    /// <summary>Answers that never arrive, from workers that are never heard of again.</summary>
    public int Lost { get; init; }

    /// <summary>Answers that arrive twice.</summary>
    public int Repeated { get; init; }

    /// <summary>Items that are computed and answered twice.</summary>
    public int Redone { get; init; }

    /// <summary>Answers that are accompanied by a wrong one of another incarnation.</summary>
    public int Stray { get; init; }

    /// <summary>Items whose worker says goodbye while it has them; half of them answer nevertheless.</summary>
    public int Leaving { get; init; }

    /// <summary>Deaths of the server, each followed by a restart from the newest durable state.</summary>
    public int ServerDeaths { get; init; }

    /// <summary>Number of the worker whose hardware is faulty, from 1; 0 for none.</summary>
    public int Faulty { get; init; }

    /// <summary>What it does to its gradients.</summary>
    public Action<ShardGradient> Fault { get; init; } = _ => { };

    /// <summary>What it does to rows that it attacks ahead.</summary>
    public Action<AdversarialBatch> RowFault { get; init; } = _ => { };

    /// <summary>What it makes of the figures of a chunk that it measures.</summary>
    public Func<EvaluationSums, EvaluationSums> FigureFault { get; init; } = sums => sums;

    public static Arbitrary<Faults> Any() => Arb.From(Schedules(), Simpler);

    private static Gen<Faults> Schedules() =>
        from seed in Gen.Choose(0, int.MaxValue)
        from workers in Gen.Choose(1, 8)
        from chances in Gen.Elements(0, 0, 3, 15, 40).ArrayOf(6)
        from deaths in Gen.Elements(0, 0, 1, 2)
        select new Faults
        {
            Seed = seed,
            Workers = workers,
            Slow = chances[0],
            Lost = chances[1],
            Repeated = chances[2],
            Redone = chances[3],
            Stray = chances[4],
            Leaving = chances[5],
            ServerDeaths = deaths,
        };

    private static IEnumerable<Faults> Simpler(Faults faults)
    {
        Faults[] candidates =
        [
            faults with { Slow = 0 }, faults with { Lost = 0 }, faults with { Repeated = 0 }, faults with { Redone = 0 },
            faults with { Stray = 0 }, faults with { Leaving = 0 }, faults with { ServerDeaths = 0 },
            faults with { Workers = Math.Max(1, faults.Workers - 1) },
        ];
        return candidates.Where(candidate => candidate != faults);
    }
}

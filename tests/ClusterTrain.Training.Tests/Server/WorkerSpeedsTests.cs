using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

public sealed class WorkerSpeedsTests
{
    private const int Workers = 12;
    private readonly WorkerSpeeds _speeds = new();
    private readonly Dictionary<WorkerId, Known> _known = [];

    // What is kept up to date is compared with what is counted anew.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OthersAgainst_AfterAnythingThatCanHappen_IsWhatCountingAllWorkersGives(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 3000; i++)
        {
            var (worker, kind) = (new WorkerId($"w{random.Next(Workers)}"), random.Next(2) == 0 ? WorkKind.Gradient : WorkKind.Attack);
            Happen(random, worker, kind, step: i / 100);
            var first = new WorkId(0, kind, (i / 100) + random.Next(2), 0);
            var (others, fastest) = _speeds.OthersAgainst(worker, first);

            Assert.Equal(Usual(kind), _speeds.Usual(kind));
            Assert.Equal(Others(worker, first).Sum(), others, 1e-6);
            Assert.Equal(Others(worker, first).DefaultIfEmpty(0).Max(), fastest, 1e-9);
        }
    }

    private void Happen(Random random, WorkerId worker, WorkKind kind, long step)
    {
        var known = _known.GetValueOrDefault(worker);
        var taken = TimeSpan.FromTicks(random.Next(1, 100_000));
        switch (random.Next(6))
        {
            case 0:
                var kinds = random.Next(4) == 0 ? WorkKinds.Gradient : WorkKinds.All;
                _speeds.See(worker, kinds);
                known ??= _known[worker] = new Known();
                (known.Kinds, known.IsIdle, known.IsLate) = (kinds, true, false);
                break;
            case 1:
                var first = new WorkId(0, kind, step + random.Next(2), 0);
                _speeds.Gave(worker, first);
                if (known is null) break;
                known.IsIdle = false;
                known.LastStep[kind] = first.Step;
                break;
            case 2:
                _speeds.Learn(worker, kind, taken);
                if (known is null) break;
                known.PerItem[kind] = known.PerItem.TryGetValue(kind, out var before) ? (before * 0.7) + (taken * 0.3) : taken;
                break;
            case 3 when random.Next(4) == 0:
                _speeds.LearnLate(worker, kind, taken);
                if (known is null || taken <= known.PerItem.GetValueOrDefault(kind)) break;
                (known.IsLate, known.PerItem[kind]) = (true, taken);
                break;
            case 4 when random.Next(4) == 0:
                _speeds.EndOf(kind, step);
                foreach (var each in _known.Values.Where(each => each.IsIdle && each.LastStep.GetValueOrDefault(kind, -1) != step && each.PerItem.ContainsKey(kind)))
                    each.PerItem[kind] *= 0.97;
                break;
            case 5 when random.Next(8) == 0:
                _speeds.Forget(worker);
                _known.Remove(worker);
                break;
        }
    }

    private TimeSpan Usual(WorkKind kind)
    {
        var sorted = _known.Values.Where(each => !each.IsLate && each.PerItem.ContainsKey(kind)).Select(each => each.PerItem[kind]).Order().ToList();
        return sorted.Count == 0 ? TimeSpan.Zero : sorted[(sorted.Count - 1) / 2];
    }

    private IEnumerable<double> Others(WorkerId worker, WorkId first)
    {
        var mine = PerItem(_known.GetValueOrDefault(worker), first.Kind);
        foreach (var (other, known) in _known)
        {
            if (other == worker || known.IsLate || !known.Kinds.Includes(first.Kind)) continue;
            if (!known.IsIdle && known.LastStep.GetValueOrDefault(first.Kind, -1) == first.Step) continue;
            var theirs = PerItem(known, first.Kind);
            yield return mine > TimeSpan.Zero && theirs > TimeSpan.Zero ? mine / theirs : 1;
        }
    }

    private TimeSpan PerItem(Known? known, WorkKind kind) => known is not null && known.PerItem.TryGetValue(kind, out var own) ? own : Usual(kind);

    private sealed class Known
    {
        public WorkKinds Kinds { get; set; }

        public bool IsIdle { get; set; }

        public bool IsLate { get; set; }

        public Dictionary<WorkKind, TimeSpan> PerItem { get; } = [];

        public Dictionary<WorkKind, long> LastStep { get; } = [];
    }
}

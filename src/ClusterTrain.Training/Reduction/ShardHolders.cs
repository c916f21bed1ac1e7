using System.Numerics;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Reduction;

/// <summary>
/// How many shards of a step hold each parameter, which follows from their masks: what running statistics and the
/// <c>holders</c> mean divide by. After <see cref="Aim"/> any thread may ask.
/// </summary>
public sealed class ShardHolders
{
    private const int WordBits = 64;

    private readonly RunPlan _plan;
    private readonly ReplicaMask _mask;
    private readonly int _words;

    // Bit s of a unit's words: shard s keeps it. Empty where every shard keeps every unit.
    private readonly ulong[][] _bits;

    public ShardHolders(RunPlan plan)
    {
        _plan = plan;
        _mask = new ReplicaMask(plan.Network);
        _words = (plan.Shards + WordBits - 1) / WordBits;
        var isThinned = !plan.HasExampleMasks && (plan.Network.HasNormalization || plan.TakesMeanOfHolders);
        _bits = [.. plan.Network.Sites.Select(site => new ulong[isThinned && site.Rate > 0 ? site.Units * _words : 0])];
        IsAlwaysAll = _bits.All(bits => bits.Length == 0);
    }

    /// <summary>Whether every shard holds everything, at every step.</summary>
    public bool IsAlwaysAll { get; }

    /// <summary>Draws the masks of a step's shards.</summary>
    public void Aim(long step)
    {
        if (IsAlwaysAll) return;
        foreach (var bits in _bits) Array.Clear(bits);
        for (var shard = 0; shard < _plan.Shards; shard++)
        {
            _mask.Draw(_plan.Masks, step, shard);
            foreach (var site in _plan.Network.Sites)
            {
                var bits = _bits[site.Index];
                if (bits.Length == 0) continue;
                foreach (var unit in _mask[site].Indices)
                    bits[(unit * _words) + (shard / WordBits)] |= 1UL << (shard % WordBits);
            }
        }
    }

    /// <summary>Shards that hold unit <paramref name="unit"/> of a site.</summary>
    public int Of(UnitSite site, int unit)
    {
        var bits = _bits[site.Index];
        if (bits.Length == 0) return _plan.Shards;
        var count = 0;
        for (var word = 0; word < _words; word++) count += BitOperations.PopCount(bits[(unit * _words) + word]);
        return count;
    }

    /// <summary>
    /// Turns a row's sum over shards into shards times the mean over those that hold the parameter; 0 where none does.
    /// </summary>
    /// <param name="stage">Whose weight, or bias.</param>
    /// <param name="row">Row of the weight, or <see cref="Stage.BiasRow"/>.</param>
    /// <param name="sum">[columns].</param>
    public void ToMeanOfHolders(Stage stage, int row, Span<float> sum)
    {
        if (IsAlwaysAll) return;
        var isOfUnits = row == Stage.BiasRow || !stage.RowsAreUnits;
        var group = isOfUnits ? 1 : stage.ColumnGroup;
        for (var column = 0; column < sum.Length; column++)
        {
            var holders = isOfUnits ? Of(stage.Output, column) : Both(stage, row, column / group);
            if (holders > 0) sum[column] *= (float)_plan.Shards / holders;
        }
    }

    private int Both(Stage stage, int output, int input)
    {
        var (outputs, inputs) = (_bits[stage.Output.Index], _bits[stage.Input.Index]);
        if (outputs.Length == 0) return Of(stage.Input, input);
        if (inputs.Length == 0) return Of(stage.Output, output);
        var count = 0;
        for (var word = 0; word < _words; word++)
            count += BitOperations.PopCount(outputs[(output * _words) + word] & inputs[(input * _words) + word]);
        return count;
    }
}

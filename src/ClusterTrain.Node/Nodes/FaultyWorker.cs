using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// A worker with faulty hardware, for trials: <c>worker-2=nan</c>, <c>worker-2=scaled</c>, <c>worker-2=bit</c> in its gradients,
/// <c>worker-2=rows</c> in rows that it attacks ahead.
/// </summary>
internal static class FaultyWorker
{
    /// <summary>Which worker, and what it does to one value of each of its gradients, or rows.</summary>
    public const string Variable = "CLUSTERTRAIN_FAULTY_WORKER";

    /// <summary>What the environment names for a worker; nothing where it names none.</summary>
    /// <exception cref="WrongInputException">There is no such fault.</exception>
    public static Action<WorkResult> Of(Surroundings surroundings, string name)
    {
        var parts = surroundings.Variable(Variable)?.Split('=') ?? [];
        if (parts.Length != 2 || parts[0] != name) return _ => { };
        if (parts[1] == "rows") return result => Spoil(result is WorkResult.Attacked attacked ? attacked.Batch.Values : [], value => value * 1.0001f);
        Func<float, float> fault = parts[1] switch
        {
            "nan" => _ => float.NaN,
            "scaled" => value => value * 1.0001f,
            "bit" => value => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) ^ 1),
            _ => throw new WrongInputException($"{Variable}: {parts[1]} is no fault; allowed are nan, scaled, bit, rows"),
        };
        return result => Spoil(result is WorkResult.Gradient gradient ? gradient.Shard.Values : [], fault);
    }

    private static void Spoil(Span<float> values, Func<float, float> fault)
    {
        var at = values.IndexOfAnyExcept(0f);
        if (at >= 0) values[at] = fault(values[at]);
    }
}

using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Reports.Content;

/// <summary>How a state does on the test rows of one class.</summary>
/// <param name="Rows">Test rows of the class among those looked at.</param>
/// <param name="Right">Of them, those that are classified right.</param>
/// <param name="TakenFor">The other class that most of the wrong ones are taken for, the lowest of equals; null where none is wrong.</param>
/// <param name="Times">How many that are.</param>
internal sealed record ClassTally(int Class, int Rows, int Right, int? TakenFor, int Times)
{
    /// <summary>Test rows that are looked at, from the first on: a report must not cost what an evaluation does.</summary>
    public const int MostRows = 1_000;

    /// <summary>Classes of which there are rows, by class.</summary>
    public static IReadOnlyList<ClassTally> Of(RunContext context, ModelState state)
    {
        var (test, classes) = (context.Data.Test, state.Network.Outputs);
        var network = new Replica(state.Network, context.CreateProducts(), EvaluationChunk.MaxRows);
        network.Bind(state.Served.Parameters, new ReplicaMask(state.Network).Fill());
        var seen = new Dictionary<(int Label, int Class), int>();
        foreach (var chunk in EvaluationChunk.Of(Split.Test, Math.Min(MostRows, test.Rows)))
        {
            var logits = network.Forward(test.Inputs.Span.Slice(chunk.First * test.Features, chunk.Rows * test.Features), chunk.Rows);
            for (var i = 0; i < chunk.Rows; i++)
            {
                var pair = (test.Labels[chunk.First + i], SoftmaxCrossEntropy.Predict(logits.Slice(i * classes, classes)));
                seen[pair] = seen.GetValueOrDefault(pair) + 1;
            }
        }

        return [.. seen.GroupBy(entry => entry.Key.Label).OrderBy(label => label.Key).Select(label => Of(label.Key, [.. label]))];
    }

    private static ClassTally Of(int label, List<KeyValuePair<(int Label, int Class), int>> seen)
    {
        var wrong = seen.Where(entry => entry.Key.Class != label).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Class).ToList();
        return new(
            label, seen.Sum(entry => entry.Value), seen.Where(entry => entry.Key.Class == label).Sum(entry => entry.Value),
            wrong.Count == 0 ? null : wrong[0].Key.Class, wrong.Count == 0 ? 0 : wrong[0].Value);
    }
}

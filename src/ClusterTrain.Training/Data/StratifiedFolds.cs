using ClusterTrain.Training.Data.Sources;
namespace ClusterTrain.Training.Data;

/// <summary>
/// Cuts rows into k folds for cross-validation (Kohavi 1995), stratified: of each class every fold has the same number of
/// rows, or one more. Folds differ by at most one row in all as well. A pure function of the labels in order.
/// </summary>
internal static class StratifiedFolds
{
    /// <param name="labels">Class of each row.</param>
    /// <param name="folds">2 or more, at most the rows of the smallest class.</param>
    /// <returns>The fold of each row, 0 to <paramref name="folds"/> - 1.</returns>
    public static int[] Assign(IReadOnlyList<byte> labels, int folds)
    {
        // Dealt like cards, class after class; each class goes on where the one before ended, so that the rows that
        // fill no round do not all fall to the first folds.
        var (fold, next) = (new int[labels.Count], 0);
        foreach (var rows in Enumerable.Range(0, labels.Count).GroupBy(row => labels[row]).OrderBy(group => group.Key))
        {
            foreach (var row in rows)
            {
                fold[row] = next;
                next = (next + 1) % folds;
            }
        }

        return fold;
    }

    /// <summary>
    /// The split in which one fold validates and the others train. Train and validation rows together are cut; test rows
    /// stay as they are.
    /// </summary>
    /// <param name="split">Its validation rows, then its training rows are cut.</param>
    /// <param name="label">Class of a row of the training file.</param>
    /// <param name="folds">2 or more.</param>
    /// <param name="fold">1 to <paramref name="folds"/>.</param>
    /// <exception cref="DataException">A class has fewer rows than there are folds.</exception>
    public static DataSplit HoldOut(DataSplit split, Func<int, byte> label, int folds, int fold)
    {
        int[] rows = [.. split.Validation, .. split.Train];
        byte[] labels = [.. rows.Select(label)];
        var smallest = labels.CountBy(known => known).OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).First();
        if (smallest.Value < folds)
        {
            throw new DataException(
                $"data.folds: {folds} folds want {folds} or more rows of each class, but class {smallest.Key} has only "
                + $"{smallest.Value} of the {rows.Length} training and validation rows; allowed: 2 to {smallest.Value} folds");
        }

        var foldOf = Assign(labels, folds);
        return split with
        {
            Validation = [.. rows.Where((_, i) => foldOf[i] == fold - 1)],
            Train = [.. rows.Where((_, i) => foldOf[i] != fold - 1)],
        };
    }
}

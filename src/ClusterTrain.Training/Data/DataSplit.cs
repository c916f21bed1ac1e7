using ClusterTrain.Training.Data.Sources;
namespace ClusterTrain.Training.Data;

/// <summary>
/// Which rows train, validate and test. Fixed for a data set: neither the run's seed nor the machine changes it. The
/// training file is shuffled once; its first rows validate, the next ones train. So a smaller training set is the start
/// of a larger one, and validation rows are the same for both.
/// </summary>
/// <param name="Train">Rows of the training file, in training order before any epoch's shuffle.</param>
/// <param name="Validation">Rows of the training file.</param>
/// <param name="Test">Rows of the test file.</param>
internal sealed record DataSplit(int[] Train, int[] Validation, int[] Test)
{
    private const ulong ShuffleSeed = 0x53504C4954; // "SPLIT"
    private const ulong ResampleSeed = 0x5245534D50; // "RESMP"

    /// <param name="train">0 means all that validation and offset leave.</param>
    /// <param name="test">0 means all.</param>
    /// <param name="offset">Rows after validation's that are passed over.</param>
    /// <exception cref="DataException">The files hold fewer rows than asked for.</exception>
    public static DataSplit Draw(
        string name, int trainFileRows, int testFileRows, int train, int validation, int test, int offset = 0)
    {
        var problems = new List<string>();
        if (Math.Min(Math.Min(train, test), Math.Min(validation, offset)) < 0)
            problems.Add($"data: train {train}, validation {validation}, test {test} and offset {offset} rows: none may be negative");
        if ((long)Math.Max(train, 1) + validation + offset > trainFileRows)
        {
            problems.Add(
                $"data: {(train == 0 ? "one or more" : train)} training and {validation} validation rows asked for"
                + (offset == 0 ? ", " : $", {offset} rows further on, ")
                + $"but the training file of '{name}' has {trainFileRows} rows");
        }
        if (test > testFileRows)
            problems.Add($"data: {test} test rows asked for, but the test file of '{name}' has {testFileRows} rows");
        if (problems.Count > 0) throw new DataException(problems);

        var order = Shuffled(trainFileRows);
        var first = validation + offset;
        var trainRows = train == 0 ? trainFileRows - first : train;
        return new DataSplit(
            order[first..(first + trainRows)],
            order[..validation],
            [.. Enumerable.Range(0, test == 0 ? testFileRows : test)]);
    }

    /// <summary>
    /// The n-th bootstrap resample (Efron 1979; Breiman 1996, "Bagging predictors"): as many training rows, each drawn from all
    /// of them, so that about 1 - 1/e = 63.2% of them are there at least once. The others stay out of the run.
    /// </summary>
    /// <param name="number">1 or more; 0 is the split itself.</param>
    public DataSplit Resampled(int number)
    {
        if (number == 0) return this;
        var random = new DataRandom(ResampleSeed, (ulong)number);
        var drawn = new int[Train.Length];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = Train[random.Below(drawn.Length)];
        return this with { Train = drawn };
    }

    /// <summary>Fisher-Yates from the end, one draw a row.</summary>
    private static int[] Shuffled(int rows)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        var random = new DataRandom(ShuffleSeed, (ulong)rows);
        for (var last = rows - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }
        return order;
    }
}

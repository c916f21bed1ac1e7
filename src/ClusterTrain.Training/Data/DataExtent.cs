using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Data;

/// <summary>What a run's plan needs to know of its data, and what checks ask of them.</summary>
/// <param name="InputShape">Channels, height, width of a row.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="TrainRows">Rows of the split, not of the file; so for the other two.</param>
public sealed record DataExtent(IReadOnlyList<int> InputShape, int Classes, int TrainRows, int ValidationRows, int TestRows)
{
    /// <summary>Bytes of all splits in memory: float32 inputs and a label a row.</summary>
    public long Bytes => ((long)TrainRows + ValidationRows + TestRows)
        * ((sizeof(float) * InputShape.Aggregate(1L, (product, side) => product * side)) + 1);

    public static DataExtent Of(Dataset data) =>
        new(data.InputShape, data.Classes, data.Train.Rows, data.Validation.Rows, data.Test.Rows);

    /// <summary>What a data set will have whose files are not here, its classes taken as equally frequent.</summary>
    /// <exception cref="DataException">It has fewer rows than the spec asks for.</exception>
    internal static DataExtent Expected(DataSpec spec, KnownDataset known)
    {
        var split = DataSplit.Draw(known.Name, known.TrainRows, known.TestRows, spec.Train, spec.Validation, spec.Test, spec.Offset);
        var (train, validation) = (split.Train.Length, split.Validation.Length);
        if (spec.Folds > 0)
        {
            var both = train + validation;
            validation = both / spec.Folds;
            train = both - validation;
        }

        if (spec.Imbalance > 1)
            train = (int)Enumerable.Range(0, known.Classes).Sum(c => train * ClassBalance.Share(c, known.Classes, spec.Imbalance) / known.Classes);
        if (spec.Extra.Length > 0) train += spec.ExtraRows > 0 ? spec.ExtraRows : DataCatalog.Find(spec.Extra)?.TrainRows ?? 0;
        return new DataExtent(known.InputShape, known.Classes, train, validation, split.Test.Length);
    }
}

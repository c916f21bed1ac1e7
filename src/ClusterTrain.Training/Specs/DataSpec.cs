using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

public enum ScaleChoice
{
    None,

    /// <summary>From the lowest to the highest training value: to [0, 1].</summary>
    Unit,

    /// <summary>By mean and deviation of the training values.</summary>
    Standard,
}

public enum BalanceChoice
{
    None,
    Oversample,
    Weights,
}

public sealed record DataSpec
{
    [Option("Data set: glyphs (built in) or the name of a folder under --data that holds IDX, CIFAR, NPY or NPZ, CSV or TSV files or folders of pictures, such as mnist, fashion-mnist or cifar-10")]
    public string Name { get; init; } = "glyphs";

    [Option("Rows to train on; 0 means all rows that validation leaves", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Train { get; init; }

    [Option("Rows of the training file held out for validation, by a fixed draw of the seed-independent split", Min = 1, Max = 100_000_000, Unit = "rows")]
    public int Validation { get; init; } = 2_000;

    [Option("Rows of the test file to test on, from its start; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Test { get; init; }

    [Option("Training rows of the shuffled file that are passed over first; multiples of train give disjoint training sets", Min = 0, Max = 100_000_000, Unit = "rows")]
    public int Offset { get; init; }

    [Option("Number of the bootstrap resample to train on: as many of the training rows, drawn with replacement; 0 means the rows themselves", Min = 0, Max = 1_000_000_000)]
    public int Bootstrap { get; init; }

    [Option("Probability that a training row's label is replaced by one drawn evenly from all classes; validation and test keep theirs", Min = 0, Max = 1, Unit = "probability")]
    public double LabelNoise { get; init; }

    [Option("Seed of that draw, which does not depend on the run's seed", Min = 0, Max = 9007199254740992, IgnoredWhen = "labelNoise is 0")]
    public long LabelNoiseSeed { get; init; } = 1;

    [Option("Imbalance r of the training rows: class c of C keeps the share r^(-c / (C - 1)) of its rows, so the last 1 / r; 1 is as is", Min = 1, Max = 1e6)]
    public double Imbalance { get; init; } = 1;

    [Option("Values before the network sees them, by the training rows alone: none: as they are; unit: from lowest to highest to [0, 1], each column of a table by itself, pictures as a whole; standard: mean 0 and deviation 1, each column of a table")]
    public ScaleChoice Scale { get; init; } = ScaleChoice.None;

    [Option("Against imbalance: oversample repeats the rows of rarer classes until all have as many; weights multiplies a row's loss by rows / (classes * rows of its class)")]
    public BalanceChoice Balance { get; init; } = BalanceChoice.None;

    [Option("Another data set of the same shape and classes whose training rows are trained on too, behind those of name; empty is none", IsLeftOutAtDefault = true)]
    public string Extra { get; init; } = "";

    [Option("Rows of it, from the start of its shuffled training file; 0 means all", Min = 0, Max = 100_000_000, Unit = "rows", IsLeftOutAtDefault = true, IgnoredWhen = "extra is empty")]
    public int ExtraRows { get; init; }

    [Option("Cross-validation: stratified folds that training and validation rows together are cut into, 2 or more; 0 is off", Min = 0, Max = 1000, Unit = "folds")]
    public int Folds { get; init; }

    [Option("The fold whose rows validate, from 1; the rows of all others train", Min = 1, Max = 1000, IgnoredWhen = "folds is 0")]
    public int Fold { get; init; } = 1;
}

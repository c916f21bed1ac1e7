using System.Security.Cryptography;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Data;

/// <summary>From a spec's data section to rows in memory.</summary>
public static class DatasetLoader
{
    /// <summary>Finds, checks, splits and decodes a data set. Writes nothing.</summary>
    /// <exception cref="DataException">Every problem found, one line each.</exception>
    public static Dataset Load(DataSpec spec, DataLocations locations)
    {
        var source = Open(spec.Name, locations).Source;
        var split = Split(spec, source);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        RowHash.AppendNumbers(hash, [.. source.Shape, source.Classes]);
        // Rows may be equal where these differ; without them the hash is what it was before there were any.
        if (spec.Offset > 0 || spec.Bootstrap > 0) RowHash.AppendNumbers(hash, spec.Offset, spec.Bootstrap);
        var labels = LabelNoise.Labels(split.Train, source.Train.Label, source.Classes, spec.LabelNoise, spec.LabelNoiseSeed);
        var train = Decode(source.Train, split.Train, source.Features, hash, labels);
        var validation = Decode(source.Train, split.Validation, source.Features, hash);
        var test = Decode(source.Test, split.Test, source.Features, hash);
        var extra = ExtraRows.Of(spec, source, name => Open(name, locations, "data.extra").Source);
        if (extra is not null) train = ExtraRows.Append(train, Decode(extra.Source.Train, extra.Rows, source.Features, hash));
        if (spec.Scale != ScaleChoice.None) RowHash.AppendNumbers(hash, (int)spec.Scale);
        var scaling = DataScaling.Of(spec.Scale, source, train);
        foreach (var rows in new[] { train, validation, test }) scaling?.Apply(rows.Inputs.Span);
        return new Dataset(
            spec.Name, source.Shape, source.Classes, train, validation, test, Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            ClassNames = source.ClassNames,
            Range = DataRange.Of(spec, source, extra?.Source.Train, scaling),
            Scaling = scaling,
        };
    }

    /// <summary>
    /// What a data set has for a spec, without decoding a row: from its files where there are any, else from its name. Null when
    /// neither tells.
    /// </summary>
    /// <exception cref="DataException">Files or name show that the spec asks for what is not there.</exception>
    public static DataExtent? Measure(DataSpec spec, DataLocations locations)
    {
        if (spec.Name != Glyphs.Name && locations.Find(spec.Name) is null)
            return DataCatalog.Find(spec.Name) is { } known ? DataExtent.Expected(spec, known) : null;
        return MeasureFiles(spec, locations);
    }

    /// <summary>What a data set has for a spec, from its files, without decoding a row.</summary>
    /// <exception cref="DataException">The data set is not here, or the spec asks for what it does not have.</exception>
    public static DataExtent MeasureFiles(DataSpec spec, DataLocations locations)
    {
        var source = Open(spec.Name, locations).Source;
        var split = Split(spec, source);
        var extra = ExtraRows.Of(spec, source, name => Open(name, locations, "data.extra").Source)?.Rows.Length ?? 0;
        return new DataExtent(source.Shape, source.Classes, split.Train.Length + extra, split.Validation.Length, split.Test.Length);
    }

    private static DataSplit Split(DataSpec spec, DatasetSource source)
    {
        var split = DataSplit.Draw(
            spec.Name, source.Train.Rows, source.Test.Rows, spec.Train, spec.Validation, spec.Test, spec.Offset);
        if (spec.Folds > 0) split = StratifiedFolds.HoldOut(split, source.Train.Label, spec.Folds, spec.Fold);
        split = split.Resampled(spec.Bootstrap);
        split = split with { Train = ClassBalance.Keep(split.Train, source.Train.Label, source.Classes, spec.Imbalance) };
        return spec.Balance == BalanceChoice.Oversample
            ? split with { Train = ClassBalance.Oversampled(split.Train, source.Train.Label, source.Classes) } : split;
    }

    /// <summary>A data set before it is split, the name of its format, and its folder unless it is built in.</summary>
    /// <param name="key">Where the name stands, for messages.</param>
    internal static (DatasetSource Source, string Format, string? Folder) Open(string name, DataLocations locations, string key = "data.name")
    {
        if (name == Glyphs.Name) return (Glyphs.Source(), "built in", null);
        if (!DataCatalog.IsFolderName(name))
            throw new DataException($"{key}: '{name}' is no folder name: letters, digits, '-', '_' and '.' are allowed");
        var folder = locations.Find(name) ?? throw new DataException(NotFound(name, locations));
        var known = DataCatalog.Find(name);
        var format = DataFormats.Of(folder) ?? (known is null ? DataFormats.Catalogue.All[0] : DataFormats.Of(known));
        DatasetSource Read() => format.Read(folder, known is not null && format.Known.Contains(known) ? known : null);
        return (locations.Cache is { } cache && format.IsCostly ? cache.Get(format, folder, Read) : Read(), format.Name, folder);
    }

    private static string NotFound(string name, DataLocations locations)
    {
        var places = string.Join(", ", locations.Folders.Select(folder => Path.Combine(folder, name)));
        var remedy = DataCatalog.Find(name) is { } known
            ? $"{known.FetchHint}, or point --data to the folder that holds '{name}/'"
            : $"known are {string.Join(", ", DataCatalog.Names)}; data of your own is a folder '{name}' under --data that holds "
                + string.Join("; or ", DataFormats.Catalogue.All.Select(format => format.Files));
        return $"data set '{name}' not found: looked for {places}; {remedy}";
    }

    // What is hashed of a split: its number of rows, the rows, the labels.
    private static Examples Decode(LabelledRows source, int[] rows, int features, IncrementalHash hash, byte[]? otherLabels = null)
    {
        var inputs = new AlignedBuffer(rows.Length * features);
        RowHash.AppendNumbers(hash, rows.Length);
        RowHash.Decode(source, rows, inputs.Span[..(rows.Length * features)], hash);
        var labels = otherLabels ?? [.. rows.Select(source.Label)];
        hash.AppendData(labels);
        return new Examples(inputs, labels, features);
    }
}

using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Data;

/// <summary>
/// Rows of another data set's training file that are trained on too, such as synthetic ones: the first of its fixed shuffled order, so that
/// fewer are the start of more. They stand behind the set's own training rows and are drawn into batches as these are; what the data
/// section says of folds, resamples, label noise, imbalance and oversampling is for the set's own rows.
/// </summary>
/// <param name="Source">Of the same shape and classes.</param>
/// <param name="Rows">Of its training file.</param>
internal sealed record ExtraRows(DatasetSource Source, int[] Rows)
{
    /// <summary>What a spec asks for; null when nothing.</summary>
    /// <param name="own">The data set that they are added to.</param>
    /// <param name="open">Gets a data set by its name.</param>
    /// <exception cref="DataException">They are not there, or do not fit.</exception>
    public static ExtraRows? Of(DataSpec spec, DatasetSource own, Func<string, DatasetSource> open)
    {
        if (spec.Extra.Length == 0) return null;
        var source = open(spec.Extra);
        List<string> problems = [];
        if (!source.Shape.SequenceEqual(own.Shape))
            problems.Add($"data.extra: rows of '{spec.Extra}' are [{string.Join(", ", source.Shape)}], [{string.Join(", ", own.Shape)}] expected as in '{spec.Name}'");
        if (source.Classes != own.Classes)
            problems.Add($"data.extra: '{spec.Extra}' has {source.Classes} classes, {own.Classes} expected as in '{spec.Name}'");
        else if (source.ClassNames.Count > 0 && own.ClassNames.Count > 0 && !source.ClassNames.SequenceEqual(own.ClassNames))
            problems.Add($"data.extra: the classes of '{spec.Extra}' are {Shown(source)}; {Shown(own)} expected as in '{spec.Name}'");
        if (problems.Count > 0) throw new DataException(problems);
        return new ExtraRows(source, DataSplit.Draw(spec.Extra, source.Train.Rows, source.Test.Rows, spec.ExtraRows, validation: 0, test: 0).Train);
    }

    /// <summary>Both, one behind the other.</summary>
    public static Examples Append(Examples own, Examples extra)
    {
        var (first, second) = (own.Rows * own.Features, extra.Rows * own.Features);
        var inputs = new AlignedBuffer(first + second);
        own.Inputs.Span[..first].CopyTo(inputs.Span);
        extra.Inputs.Span[..second].CopyTo(inputs.Span[first..]);
        return new Examples(inputs, [.. own.Labels, .. extra.Labels], own.Features);
    }

    private static string Shown(DatasetSource source) => string.Join(", ", source.ClassNames.Take(20));
}

using System.CommandLine;
using System.Globalization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Conversion;

namespace ClusterTrain.Node.Commands;

/// <summary><c>data describe NAME</c> and <c>data convert NAME --to FORMAT</c>: what was read of a data set, shown or written anew.</summary>
internal static class DataDescribe
{
    private const int MostColumns = 12;
    private const int MostClasses = 30;
    private const int ShownRows = 3;
    private const int MostWidth = 100;

    // From dark to bright.
    private const string Shades = " .:-=+*#%@";

    public static Command Describe(Surroundings surroundings, Option<bool> verbose)
    {
        var (name, data) = (Name(), CommonOptions.Data());
        var command = new Command("describe", "Tell what a data set's folder holds: rows, shape, classes, range, hash, and its first rows.") { name, data };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            var description = DatasetDescription.Of(result.GetValue(name)!, SpecInput.Locations(surroundings, result.GetValue(data)));
            foreach (var line in Lines(description)) surroundings.Out.WriteLine(line.TrimEnd());
            return ExitCode.Done;
        }));
        return command.With("data describe glyphs", "data describe mine --data ../data");
    }

    public static Command Convert(Surroundings surroundings, Option<bool> verbose)
    {
        var (name, data) = (Name(), CommonOptions.Data());
        var to = new Option<string>("--to") { Description = "Format to write: npz or idx.", HelpName = "FORMAT", Required = true };
        var target = new Option<string?>("--out") { Description = "Folder to make for it. Without it: NAME-FORMAT beside the data set, or in ./data.", HelpName = "DIR" };
        var command = new Command("convert", "Write what was read of a data set anew; the same rows, and so the same hash.") { name, to, target, data };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            var (set, format) = (result.GetValue(name)!, result.GetValue(to)!);
            if (!DataConversion.Writers.ContainsKey(format))
                throw new WrongInputException($"--to {format}: no format to write; allowed: {string.Join(", ", DataConversion.Writers.Keys)}");
            var description = DatasetDescription.Of(set, SpecInput.Locations(surroundings, result.GetValue(data)));
            var beside = Path.GetDirectoryName(description.Folder) ?? Path.Combine(surroundings.Folder, "data");
            var folder = result.GetValue(target) is { } given ? surroundings.PathOf(given) : Path.Combine(beside, $"{set}-{format}");
            DataConversion.Write(description.Source, format, folder);
            surroundings.Out.WriteLine($"{set} is in {folder} as {format}; its rows have the hash {description.Hash}");
            return ExitCode.Done;
        }));
        return command.With("data convert mine --to npz", "data convert cifar-10 --to idx --out ../data/cifar-idx");
    }

    private static Argument<string> Name() => new("NAME") { Description = "A data set: glyphs, or a folder under --data." };

    private static IEnumerable<string> Lines(DatasetDescription set)
    {
        var source = set.Source;
        yield return $"{set.Name}: {set.Format}{(set.Folder is null ? "" : $" in {set.Folder}")}";
        yield return $"rows       {Figures.Count(source.Train.Rows)} to train and validate, {Figures.Count(source.Test.Rows)} to test";
        yield return source.IsTable
            ? $"shape      a table of {Figures.Count(source.Features)} columns"
            : $"shape      pictures of {string.Join(" x ", source.Shape)} (channels, height, width), {(source.Train.AreBytes ? "bytes, which are brightness from 0 to 1" : "numbers")}";
        if (!source.IsTable) yield return $"range      {Number(set.Lowest[0])} to {Number(set.Highest[0])}; "
            + (set.Lowest[0] >= 0 && set.Highest[0] <= 1 ? "attacks clip to 0 to 1" : "a run of it needs data.scale: unit, which brings it to 0 to 1");
        yield return $"hash       {set.Hash}";
        yield return $"classes    {source.Classes}";
        for (var i = 0; i < Math.Min(source.Classes, MostClasses); i++)
        {
            var name = source.ClassNames.Count > 0 ? $"  {source.ClassNames[i]}" : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"  {i,3}  {set.TrainRows[i],7} + {set.TestRows[i],6}{name}");
        }

        if (source.Classes > MostClasses) yield return $"  and {source.Classes - MostClasses} more";
        foreach (var line in source.IsTable ? Columns(set) : Picture(set)) yield return line;
    }

    private static IEnumerable<string> Columns(DatasetDescription set)
    {
        yield return "columns    with their range, to which attacks clip";
        var rows = Enumerable.Range(0, Math.Min(ShownRows, set.Source.Train.Rows)).Select(set.Row).ToList();
        for (var i = 0; i < Math.Min(set.Source.Features, MostColumns); i++)
        {
            var name = set.Source.ColumnNames.Count > 0 ? set.Source.ColumnNames[i] : $"{i}";
            yield return $"  {name,-20} {Number(set.Lowest[i])} to {Number(set.Highest[i])}   first rows: {string.Join(", ", rows.Select(row => Number(row[i])))}";
        }

        if (set.Source.Features > MostColumns) yield return $"  and {set.Source.Features - MostColumns} more";
    }

    // The first row in characters, two to a pixel, which is as wide as high then.
    private static IEnumerable<string> Picture(DatasetDescription set)
    {
        var (channels, height, width) = (set.Source.Shape[0], set.Source.Shape[1], set.Source.Shape[2]);
        var step = Math.Max(1, ((2 * width) + MostWidth - 1) / MostWidth);
        var (row, label) = (set.Row(0), set.Source.Train.Label(0));
        yield return $"first row  class {(set.Source.ClassNames.Count > 0 ? set.Source.ClassNames[label] : $"{label}")}";
        for (var y = 0; y < height; y += step)
        {
            yield return "  " + string.Concat(Enumerable.Range(0, (width + step - 1) / step).Select(x =>
            {
                var mean = Enumerable.Range(0, channels).Average(channel => row[(((channel * height) + y) * width) + (x * step)]);
                var shade = Shades[(int)Math.Clamp(mean * Shades.Length, 0, Shades.Length - 1)];
                return new string(shade, 2);
            }));
        }
    }

    private static string Number(float value) => value.ToString("G6", CultureInfo.InvariantCulture);
}

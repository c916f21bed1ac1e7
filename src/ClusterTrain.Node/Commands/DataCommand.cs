using System.CommandLine;
using System.Globalization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Fetching;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Node.Commands;

/// <summary><c>data list</c> and <c>data fetch NAME</c>, and what <see cref="DataDescribe"/> adds.</summary>
internal static class DataCommand
{
    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var command = new Command("data", "Data sets: where they lie, how to get known ones, and what is in your own.");
        command.Subcommands.Add(List(surroundings, verbose));
        command.Subcommands.Add(Fetch(surroundings, verbose));
        command.Subcommands.Add(DataDescribe.Describe(surroundings, verbose));
        command.Subcommands.Add(DataDescribe.Convert(surroundings, verbose));
        return command;
    }

    private static Command List(Surroundings surroundings, Option<bool> verbose)
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "List data sets: built in, known, and those found in the data folders.") { data };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            foreach (var set in DatasetSummary.List(SpecInput.Locations(surroundings, result.GetValue(data))))
                surroundings.Out.WriteLine(Line(set));
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Fetch(Surroundings surroundings, Option<bool> verbose)
    {
        var name = new Argument<string>("NAME") { Description = $"One of: {string.Join(", ", DataCatalog.Known.Select(known => known.Name))}." };
        var data = new Option<string?>("--data")
        {
            Description = "Folder to put NAME/ into; made when it is missing. Without it: CLUSTERTRAIN_DATA, then ./data.",
            HelpName = "DIR",
        };
        var command = new Command("fetch", "Download a known data set and check it against its known checksum.") { name, data };
        command.SetAction((result, cancel) => Task.FromResult(Guard.Run(surroundings, result.GetValue(verbose), () =>
            Fetch(surroundings, result.GetValue(name)!, result.GetValue(data)))));
        return command;
    }

    private static int Fetch(Surroundings surroundings, string name, string? dataFolder)
    {
        var known = DataCatalog.Find(name) ?? throw new WrongInputException(
            $"{name}: no known data set to download; there are {string.Join(", ", DataCatalog.Known.Select(set => set.Name))}");
        var target = DataLocations.Of(dataFolder, surroundings.Variable(DataLocations.Variable), surroundings.Folder).Folders[0];
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
        try
        {
            var folder = new DataFetcher(http, surroundings.Time)
                .FetchAsync(known, target, new LineProgress(surroundings.Out), surroundings.Stop).GetAwaiter().GetResult();
            surroundings.Out.WriteLine($"{name} is in {folder}");
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            surroundings.Error.WriteLine("Interrupted; the same command goes on where it stopped.");
            return ExitCode.Interrupted;
        }
        catch (DataException failure)
        {
            foreach (var problem in failure.Problems) surroundings.Error.WriteLine($"error: {problem}");
            return ExitCode.Failed;
        }
    }

    private static string Line(DatasetSummary set)
    {
        var size = set.Size is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"{known.TrainRows:N0} + {known.TestRows:N0} rows, {string.Join('x', known.Shape)}")
                + (known.Classes is { } classes ? $", {classes} classes" : "")
            : "";
        return $"{set.Name,-16} {size,-46} {set.Where}" + ((set.Problem ?? set.Size?.Note) is { } note ? $" ({note})" : "");
    }

    /// <summary>A line when a file begins and one when it is complete.</summary>
    private sealed class LineProgress(TextWriter output) : IProgress<FetchProgress>
    {
        private string _file = "";

        public void Report(FetchProgress value)
        {
            if (value.File != _file) output.WriteLine($"{value.File} ...");
            _file = value.File;
            if (value.IsComplete)
                output.WriteLine($"{value.File}: {Figures.Count(value.Received)} bytes, checksum right");
        }
    }
}

using System.Globalization;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// The runs that a cluster was given: folders with a mark that says their place in the line. On disk and nowhere else, so
/// that whichever node becomes the server goes on where the last one was.
/// </summary>
internal sealed class RunQueue(string folder)
{
    private const string Mark = "submitted";
    private readonly Lock _gate = new();

    public string Folder { get; } = folder;

    /// <summary>The runs that wait or run, first come first.</summary>
    public IReadOnlyList<string> Waiting()
    {
        if (!Directory.Exists(Folder)) return [];
        return [.. Directory.EnumerateFiles(Folder, Mark, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(path => (Place: PlaceOf(path), Name: Path.GetFileName(Path.GetDirectoryName(path)!)))
            .OrderBy(run => run.Place).ThenBy(run => run.Name, StringComparer.Ordinal).Select(run => run.Name)];
    }

    /// <summary>Takes a run in; its name, which is the spec's with a number where that is taken.</summary>
    public string Add(RunSpec spec)
    {
        lock (_gate)
        {
            var name = Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? spec.Name : $"{spec.Name}-{number}")
                .First(candidate => !Path.Exists(Path.Combine(Folder, candidate)));
            new RunFolder(Path.Combine(Folder, name)).Create(SpecWriter.Write(spec));
            Put(name);
            return name;
        }
    }

    /// <summary>Takes in a run again that was stopped.</summary>
    /// <exception cref="WrongInputException">There is no such run.</exception>
    public void AddAgain(string name)
    {
        if (name != Path.GetFileName(name) || !File.Exists(Path.Combine(Folder, name, RunFolder.SpecName)))
            throw new WrongInputException($"{name}: there is no such run in {Folder}");
        lock (_gate) Put(name);
    }

    /// <summary>The run has ended, well or not.</summary>
    public void Remove(string name)
    {
        lock (_gate) File.Delete(Path.Combine(Folder, name, Mark));
    }

    private void Put(string name)
    {
        var last = Waiting().Select(run => PlaceOf(Path.Combine(Folder, run, Mark))).DefaultIfEmpty(0).Max();
        AtomicFile.Write(Path.Combine(Folder, name, Mark), System.Text.Encoding.ASCII.GetBytes((last + 1).ToString(CultureInfo.InvariantCulture) + "\n"));
    }

    private static long PlaceOf(string mark) =>
        long.TryParse(File.ReadAllText(mark).Trim(), CultureInfo.InvariantCulture, out var place) ? place : long.MaxValue;
}

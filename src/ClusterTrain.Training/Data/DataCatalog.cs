using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data;

/// <summary>What the program knows of data sets by name.</summary>
public static class DataCatalog
{
    /// <summary>Those whose files are known to the byte, in the order of listings.</summary>
    public static IEnumerable<KnownDataset> Known => DataFormats.Catalogue.All.SelectMany(format => format.Known);

    /// <summary>Names that a spec may use without a folder of the user's own.</summary>
    public static IEnumerable<string> Names => [Glyphs.Name, .. Known.Select(known => known.Name)];

    /// <summary>The known data set of that name, or null.</summary>
    public static KnownDataset? Find(string name) =>
        Known.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.Ordinal));

    /// <summary>Whether a name can be a data set at all: one folder name, which leads out of no data folder.</summary>
    public static bool IsFolderName(string name) =>
        name.Trim('.').Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Training.Data.Cifar;
using ClusterTrain.Training.Data.Delimited;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Numpy;
using ClusterTrain.Training.Data.Pictures;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data;

/// <summary>The formats in which a folder may hold a data set.</summary>
public static class DataFormats
{
    /// <summary>All of them; a folder is read by the first one that recognizes it.</summary>
    public static readonly Catalogue<IDataFormat> Catalogue = new(
        "data format", format => format.Name,
        new IdxFormat(),
        CifarFormat.TenClasses,
        CifarFormat.HundredClasses,
        new NumpyFormat(),
        new DelimitedFormat(),
        new PictureFormat());

    /// <summary>The format of a folder, or null.</summary>
    public static IDataFormat? Of(string folder) => Catalogue.All.FirstOrDefault(format => format.Recognizes(folder));

    /// <summary>The format that a known data set comes in.</summary>
    internal static IDataFormat Of(KnownDataset known) => Catalogue.All.First(format => format.Known.Contains(known));
}

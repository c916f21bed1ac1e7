using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Results;

/// <summary>
/// One hash for a whole run: whoever noted it elsewhere, or has a signature of it, finds any later change of the folder. SHA-256 over
/// lines of a name, a space and a SHA-256: <c>clustertrain-root 1</c> alone, <c>data</c>, each sealed file by its name in ordinal
/// order, and <c>results</c>, which is <c>summary.json</c> with the digits of <c>rootHash</c> and <c>digest</c> left out.
/// </summary>
internal static class RootHash
{
    /// <param name="data">SHA-256 of the data set's content.</param>
    /// <param name="files">File name to SHA-256.</param>
    /// <param name="results">SHA-256 of the summary without its hashes over itself.</param>
    public static string Of(string data, IReadOnlyDictionary<string, string> files, string results)
    {
        var text = new StringBuilder("clustertrain-root 1\n").Append("data ").Append(data).Append('\n');
        foreach (var (name, hash) in files.OrderBy(file => file.Key, StringComparer.Ordinal)) text.Append(name).Append(' ').Append(hash).Append('\n');
        return Sha256Hex.Of(text.Append("results ").Append(results).Append('\n').ToString());
    }
}

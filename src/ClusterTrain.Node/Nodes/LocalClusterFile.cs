using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// Configuration of the workers of a cluster on one machine. There is one server, and the nodes that can see it go on:
/// workers that are killed, however many, cannot outvote it.
/// </summary>
internal static class LocalClusterFile
{
    /// <param name="path">The file.</param>
    /// <param name="server">host:port of the server's node; null before it is known.</param>
    /// <param name="data">Folder of data sets, or null.</param>
    public static void Write(string path, string? server, string? data) => AtomicFile.Write(path, Encoding.UTF8.GetBytes($$"""
        # A worker of this run, while it lives: clustertrain node --config THIS_FILE
        clustertrain {
          roles = [trainer, adversary]
          remoting-port = 0
          plane-port = 0
          workers = 1
          seeds = [{{(server is null ? "" : $"\"{server}\"")}}]
          {{(data is null ? "" : $"data = \"{data.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")}}
        }
        akka.cluster.split-brain-resolver {
          active-strategy = keep-oldest
          keep-oldest.down-if-alone = off
        }

        """));
}

using System.Text;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Actors.Engine;

/// <summary>
/// Configuration of the nodes of a cluster on one machine. Who started them sees which one dies: nobody is put out for his
/// silence, and workers that are killed, however many, cannot outvote the server.
/// </summary>
internal static class LocalClusterFile
{
    /// <param name="path">The file.</param>
    /// <param name="server">host:port of the server's node; null before it is known.</param>
    /// <param name="data">Folder of data sets, or null.</param>
    /// <param name="secret">The run's own; the file is for its owner alone.</param>
    public static void Write(string path, string? server, string? data, ClusterSecret secret) => AtomicFile.WritePrivate(path, Encoding.UTF8.GetBytes($$"""
        # A worker of this run, while it lives: clustertrain node --config THIS_FILE
        clustertrain {
          roles = [trainer, adversary]
          remoting-port = 0
          plane-port = 0
          workers = 1
          secret = "{{secret.Text}}"
          seeds = [{{(server is null ? "" : $"\"{server}\"")}}]
          {{(data is null ? "" : $"data = \"{data.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")}}
        }
        akka.cluster {
          downing-provider-class = ""
          failure-detector.acceptable-heartbeat-pause = 10s
        }

        """));
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Nodes;

/// <summary>What users ask of a cluster, over any of its nodes' ports.</summary>
internal sealed class ClusterClient(Uri node, TlsSettings? tls) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ClusterHttp _http = new(tls, Patience);

    /// <exception cref="ClusterException">There is no answer.</exception>
    public NodeStatus Status() => Ask(HttpMethod.Get, NodeRoutes.StatusPath, null, NodeJson.Default.NodeStatus);

    /// <exception cref="ClusterException">There is no answer.</exception>
    /// <exception cref="WrongInputException">The cluster does not take this spec.</exception>
    public Submitted Submit(string spec) => Ask(HttpMethod.Post, NodeRoutes.SubmitPath, spec, NodeJson.Default.Submitted);

    /// <summary>Takes in again a run that was stopped.</summary>
    public Submitted SubmitAgain(string run) =>
        Ask(HttpMethod.Post, $"{NodeRoutes.SubmitPath}?again={Uri.EscapeDataString(run)}", null, NodeJson.Default.Submitted);

    /// <summary>Stops the run at hand.</summary>
    public StoppedRun Stop() => Ask(HttpMethod.Post, NodeRoutes.StopPath, null, NodeJson.Default.StoppedRun);

    public void Dispose() => _http.Dispose();

    private T Ask<T>(HttpMethod method, string path, string? body, JsonTypeInfo<T> type)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(node, path));
            if (body is not null) request.Content = new StringContent(body);
            using var response = _http.Client.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream());
            var text = reader.ReadToEnd();
            if (response.IsSuccessStatusCode) return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("nothing");
            throw response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge
                ? new WrongInputException(text.Split('\n'))
                : new ClusterException($"{node}: {(text.Length == 0 ? $"answered {(int)response.StatusCode}" : text)}");
        }
        catch (HttpRequestException failure)
        {
            throw new ClusterException(
                $"{node}: no node of a cluster answers there: {failure.GetBaseException().Message}. Start one with: clustertrain node --config cluster-config/server.conf");
        }
        catch (TaskCanceledException)
        {
            throw new ClusterException($"{node}: no answer within {Patience.TotalSeconds:F0} s");
        }
        catch (JsonException)
        {
            throw new ClusterException($"{node}: what answers there is no ClusterTrain node");
        }
    }
}

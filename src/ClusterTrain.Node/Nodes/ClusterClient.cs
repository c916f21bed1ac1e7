using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;

namespace ClusterTrain.Node.Nodes;

/// <summary>What users ask of a cluster, over any of its nodes' ports; and servers of each other, of the runs that they have.</summary>
/// <param name="node">Address of the node's plane.</param>
/// <param name="credentials">What is shown to the node.</param>
/// <param name="patience">How long an answer may take.</param>
/// <param name="runs">Path of the runs that are asked for.</param>
internal sealed class ClusterClient(Uri node, Credentials credentials, TimeSpan patience, string runs = NodeRoutes.RunsPath) : IDisposable
{
    private readonly ClusterHttp _http = new(credentials, patience);

    /// <exception cref="ClusterException">There is no answer.</exception>
    public NodeStatus Status() => Ask(HttpMethod.Get, NodeRoutes.StatusPath, null, NodeJson.Default.NodeStatus);

    /// <exception cref="ClusterException">There is no answer.</exception>
    /// <exception cref="WrongInputException">The cluster does not take this spec.</exception>
    public Submitted Submit(string spec) => Ask(HttpMethod.Post, NodeRoutes.SubmitPath, spec, NodeJson.Default.Submitted);

    /// <summary>Takes in again a run that was stopped.</summary>
    public Submitted SubmitAgain(string run) =>
        Ask(HttpMethod.Post, $"{NodeRoutes.SubmitPath}?again={Uri.EscapeDataString(run)}", null, NodeJson.Default.Submitted);

    /// <summary>Takes a run out of the line; the one at hand where none is named.</summary>
    public StoppedRun Stop(string? run) => Ask(
        HttpMethod.Post, NodeRoutes.StopPath + (run is null ? "" : $"?run={Uri.EscapeDataString(run)}"), null, NodeJson.Default.StoppedRun);

    /// <summary>All that is known of one run.</summary>
    /// <exception cref="WrongInputException">There is no such run.</exception>
    public RunDetail Run(string run) => Ask(HttpMethod.Get, PathOf(run), null, NodeJson.Default.RunDetail);

    /// <summary>The files of a run.</summary>
    /// <exception cref="WrongInputException">There is no such run.</exception>
    public IReadOnlyList<KeptFile> Files(string run) => Ask(HttpMethod.Get, $"{PathOf(run)}/files", null, NodeJson.Default.IReadOnlyListKeptFile);

    /// <summary>Brings a file of a run, from a byte on; how many bytes came.</summary>
    /// <exception cref="WrongInputException">There is no such run or file.</exception>
    public long Bring(string run, string file, Stream target, long from = 0, CancellationToken stop = default) => Guarded(() =>
    {
        var path = string.Join('/', file.Split('/').Select(Uri.EscapeDataString));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, $"{PathOf(run)}/files/{path}"));
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        using var response = _http.Client.Send(request, HttpCompletionOption.ResponseHeadersRead, stop);
        using var cut = stop.Register(response.Dispose);
        if (from > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return 0;
        if (!response.IsSuccessStatusCode) throw Refused(response);
        return Copy(response, file, target);
    });

    /// <summary>Tells a server that a copy of its run is here.</summary>
    public void Thank(string run) => Guarded(() =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, $"{PathOf(run)}/taken"));
        using var response = _http.Client.Send(request);
        return response.IsSuccessStatusCode;
    });

    public void Dispose() => _http.Dispose();

    // These two an address would lose, whatever is done to keep them.
    private string PathOf(string run) => run is not ("" or "." or "..") ? runs + Uri.EscapeDataString(run)
        : throw new WrongInputException($"'{run}': there is no such run; allowed are the names that status lists");

    private long Copy(HttpResponseMessage response, string file, Stream target)
    {
        var (buffer, length, came) = (new byte[1 << 16], response.Content.Headers.ContentLength, 0L);
        using var body = response.Content.ReadAsStream();
        while (true)
        {
            int read;
            try
            {
                read = body.Read(buffer);
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                throw new ClusterException($"{node}: {file} broke off after {came} of {length} bytes: {failure.Message}");
            }

            if (read == 0) return came;
            target.Write(buffer, 0, read);
            came += read;
        }
    }

    private Exception Refused(HttpResponseMessage response)
    {
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var text = reader.ReadToEnd();
        return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.RequestEntityTooLarge
            ? new WrongInputException(text.Split('\n'))
            : new ClusterException($"{node}: {(text.Length == 0 ? $"answered {(int)response.StatusCode}" : text)}");
    }

    private T Ask<T>(HttpMethod method, string path, string? body, JsonTypeInfo<T> type) => Guarded(() =>
    {
        using var request = new HttpRequestMessage(method, new Uri(node, path));
        if (body is not null) request.Content = new StringContent(body);
        using var response = _http.Client.Send(request);
        if (!response.IsSuccessStatusCode) throw Refused(response);
        return JsonSerializer.Deserialize(response.Content.ReadAsStream(), type) ?? throw new JsonException("nothing");
    });

    private T Guarded<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (HttpRequestException failure)
        {
            throw new ClusterException(
                $"{node}: no node of a cluster answers there: {failure.GetBaseException().Message}. Start one with: clustertrain node --config cluster-config/server.conf");
        }
        catch (TaskCanceledException)
        {
            throw new ClusterException($"{node}: no answer within {patience.TotalSeconds:F0} s");
        }
        catch (JsonException)
        {
            throw new ClusterException($"{node}: what answers there is no ClusterTrain node");
        }
    }
}

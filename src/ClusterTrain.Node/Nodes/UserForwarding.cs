using ClusterTrain.Cluster.Nodes;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// Takes what a user asks of a node to the one that is the active server, and its answer back: the server's own address
/// may be one that the user cannot reach.
/// </summary>
internal sealed class UserForwarding(Credentials credentials) : IDisposable
{
    private const string Mark = "X-ClusterTrain-Forwarded";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ClusterHttp _http = new(credentials, Patience);

    /// <summary>Whether another node brought this here: it is not sent on a second time.</summary>
    public static bool IsForwarded(HttpRequest request) => request.Headers.ContainsKey(Mark);

    public async Task<IResult> Send(HttpContext http, string server)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method), new Uri(new Uri(server), http.Request.Path + http.Request.QueryString));
        request.Headers.Add(Mark, "1");
        if (http.Request.Headers.Range is { Count: > 0 } range) request.Headers.TryAddWithoutValidation("Range", range.ToString());
        if (HttpMethods.IsPost(http.Request.Method)) request.Content = new StreamContent(http.Request.Body);
        try
        {
            return new Relayed(await _http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted).ConfigureAwait(false));
        }
        catch (HttpRequestException failure)
        {
            return Results.Text($"the active server at {server} cannot be reached: {failure.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>An answer as it comes: a file of a run may be larger than memory.</summary>
    private sealed class Relayed(HttpResponseMessage answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using (answer)
            {
                var (response, content) = (httpContext.Response, answer.Content.Headers);
                response.StatusCode = (int)answer.StatusCode;
                response.ContentType = content.ContentType?.ToString();
                response.ContentLength = content.ContentLength;
                if (content.ContentRange is { } range) response.Headers.ContentRange = range.ToString();
                await answer.Content.CopyToAsync(response.Body, httpContext.RequestAborted).ConfigureAwait(false);
            }
        }
    }
}

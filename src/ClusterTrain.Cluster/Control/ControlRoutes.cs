using System.Text.Json;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ClusterTrain.Cluster.Control;

/// <summary>
/// The protocol over the plane's port, for workers on this machine: <c>POST /control/WORKER?wait=MS</c> brings messages
/// and answers with those that wait for the worker, or come within the wait.
/// </summary>
public static class ControlRoutes
{
    /// <summary>Longest wait, in milliseconds.</summary>
    public const int MostWait = 20_000;

    public static void Map(IEndpointRouteBuilder routes, Mailboxes boxes, Action<IClusterMessage> received) =>
        routes.MapPost("/control/{worker}", async (HttpContext http, string worker, int? wait) =>
        {
            var (messages, refusal) = WorkerName.Problem(worker) is { } wrong ? (null, PlaneRefusal.Malformed(wrong))
                : await Read(http, worker).ConfigureAwait(false);
            if (messages is null)
            {
                await Refusals.Refuse(http, refusal!).ConfigureAwait(false);
                return;
            }

            if (!boxes.TryOpen(worker))
            {
                await Refusals.Refuse(http, PlaneRefusal.Malformed($"{worker}: there are {Mailboxes.Most} workers already; allowed are those that there are")).ConfigureAwait(false);
                return;
            }

            foreach (var message in messages) received(message);
            var patience = TimeSpan.FromMilliseconds(Math.Clamp(wait ?? 0, 0, MostWait));
            var waiting = await boxes.Take(worker, patience, http.RequestAborted).ConfigureAwait(false);
            var body = ControlJson.Write([.. waiting]);
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
        });

    private static async Task<(IClusterMessage[]? Messages, PlaneRefusal? Refusal)> Read(HttpContext http, string worker)
    {
        if (http.Request.ContentLength is not { } length) return (null, PlaneRefusal.NoLength);
        if (length > ControlJson.MostBytes) return (null, PlaneRefusal.TooLong(length, ControlJson.MostBytes));
        var body = new byte[length];
        await http.Request.Body.ReadExactlyAsync(body, http.RequestAborted).ConfigureAwait(false);
        try
        {
            var messages = ControlJson.Read(body);
            return Array.TrueForAll(messages, message => message is IWorkerMessage said && said.Worker == worker) ? (messages, null)
                : (null, PlaneRefusal.Malformed($"no messages of {worker}: allowed are those of a worker that says them itself"));
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            return (null, PlaneRefusal.Malformed($"no messages: {failure.Message} Allowed is a JSON array of the protocol's messages"));
        }
    }
}

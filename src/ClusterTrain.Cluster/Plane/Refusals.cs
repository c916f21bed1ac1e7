using System.Text;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Plane;

/// <summary>Answers with a refusal: status, code, and a line of plain text.</summary>
internal static class Refusals
{
    public static Task Refuse(HttpContext http, PlaneRefusal refusal)
    {
        var (status, code) = PlaneCodes.Of(refusal.Outcome);
        return Refuse(http, refusal, status, code);
    }

    private static Task Refuse(HttpContext http, PlaneRefusal refusal, int status, string code)
    {
        // Whoever was refused may have put anything into a name: a line stays a line.
        var reason = Encoding.UTF8.GetBytes(refusal.Reason.ReplaceLineEndings(" "));
        http.Response.StatusCode = status;
        http.Response.Headers[PlaneHeaders.Refusal] = code;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = reason.Length;
        return http.Response.Body.WriteAsync(reason, 0, reason.Length, http.RequestAborted);
    }

    /// <summary>What breaks off while a body is read is the sender's doing, not a fault of ours.</summary>
    public static async Task Guard(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http).ConfigureAwait(false);
        }
        catch (BadHttpRequestException broken) when (!http.Response.HasStarted)
        {
            await Refuse(http, PlaneRefusal.Malformed(broken.Message), broken.StatusCode, "bad-request").ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            http.Abort();
        }
    }
}

using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>Bytes to a plane as no decent client would send them.</summary>
public static class RawRequest
{
    /// <summary>Sends a head and a body, and gives back all that is answered: empty when nothing is.</summary>
    /// <param name="plane">Whom.</param>
    /// <param name="head">Request line and headers.</param>
    /// <param name="body">What follows.</param>
    /// <param name="goneOnce">Hangs up as soon as this is so; null: waits for the answer.</param>
    public static string Exchange(TestPlane plane, string head, byte[] body, Func<bool>? goneOnce = null)
    {
        using var client = new TcpClient(plane.Address.Host, plane.Address.Port) { ReceiveTimeout = 20_000 };
        using var stream = Open(client, plane);
        stream.Write(Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")));
        stream.Write(body);
        stream.Flush();
        if (goneOnce is not null)
        {
            Assert.True(SpinWait.SpinUntil(goneOnce, TimeSpan.FromSeconds(20)));
            client.Client.Shutdown(SocketShutdown.Send);
        }

        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (!IsWhole(answer.ToString()) && stream.Read(buffer) is > 0 and var count)
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // It hung up on us: what was answered counts.
        }

        return answer.ToString();
    }

    public static string PutHead(string path, string length, string hash = "00000000000000000000000000000000") =>
        $"""
        PUT /{path} HTTP/1.1
        Host: plane
        Authorization: Bearer {TestPlane.Secret.Text}
        Connection: close
        Content-Length: {length}
        ClusterTrain-Hash: {hash}
        ClusterTrain-Worker: w
        ClusterTrain-Loss: 3ff0000000000000
        ClusterTrain-Correct: 7


        """;

    // Kestrel keeps a refused connection for some seconds, to swallow what may still come.
    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        const string header = "Content-Length: ";
        var at = answer.IndexOf(header, StringComparison.Ordinal);
        if (end < 0 || at < 0 || at > end) return false;
        var digits = answer[(at + header.Length)..answer.IndexOf('\r', at)];
        return answer.Length >= end + 4 + int.Parse(digits);
    }

    private static Stream Open(TcpClient client, TestPlane plane)
    {
        if (plane.ClientTls is not { } tls) return client.GetStream();
        using var certificates = NodeCertificates.Load(tls);
        var stream = new SslStream(client.GetStream());
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = plane.Address.Host,
            ClientCertificateContext = certificates.Context,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                certificates.WhyNotServer((System.Security.Cryptography.X509Certificates.X509Certificate2)certificate!, chain, plane.Address.Host) is null,
        });
        return stream;
    }
}

using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Tests.Plane;

public class PlaneStatusTests
{
    private static readonly string Gradient = TensorPath.Of(RecordingStore.Gradient(2));

    public static TheoryData<bool, string> Malformed()
    {
        string[] names =
        [
            "", "r", "r/3/gradient/5/5/0", "r/3/gradient/5/5/0/1/1", "/3/gradient/5/5/0/1", "r/three/gradient/5/5/0/1",
            "r/-1/gradient/5/5/0/1", "r/3/weights/5/5/0/1", "r/3/1/5/5/0/1", "r/3/gradient/05/5/0/1", "r/3/gradient/5/-2/0/1",
            "r/3/gradient/5/5/99999999999/1", "r/3/gradient/5/5/0/-1", "r/3/gradient/%205/5/0/1", new string('r', 2000) + "/3/gradient/5/5/0/1",
        ];
        var data = new TheoryData<bool, string>();
        foreach (var name in names) data.Add(false, name);
        data.Add(true, names[1]);
        return data;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Put_Whole_IsAcceptedOnceAndAnswered204(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        var values = TestPlane.Values(1);
        using var response = await plane.Http.SendAsync(TestPlane.Put(Gradient, values));
        Assert.Equal(204, (int)response.StatusCode);
        var accepted = Assert.Single(plane.Store.Accepted);
        Assert.Equal((RecordingStore.Gradient(2), "w", new GradientFigures(1, 7), TensorHash.Of(values)), accepted);
        plane.AssertAsBefore([accepted]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_Whole_IsTheBytesWithLengthAndHash(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        using var response = await plane.Http.GetAsync(TensorPath.Of(RecordingStore.Whole));
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(4 * TestPlane.Floats, response.Content.Headers.ContentLength);
        Assert.Equal(TensorHash.Of(plane.Store.Parameters), response.Headers.GetValues("ClusterTrain-Hash").Single());
        Assert.Equal(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(plane.Store.Parameters).ToArray(), body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnknownRun_BothWays_Is404(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        var name = RecordingStore.Gradient(2) with { Run = "other" };
        await plane.Refuses(TestPlane.Put(TensorPath.Of(name), TestPlane.Values(1)), 404, "run other is not served", "allowed");
        await plane.Refuses(new(HttpMethod.Get, TensorPath.Of(RecordingStore.Whole with { Run = "other" })), 404, "run other is not served");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnknownTensor_BothWays_Is404(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        await plane.Refuses(
            TestPlane.Put(TensorPath.Of(RecordingStore.Gradient(8)), TestPlane.Values(1)), 404, "gradient of step 5, 1 shards from 8", "allowed");
        await plane.Refuses(new(HttpMethod.Get, TensorPath.Of(RecordingStore.Whole with { Version = 6 })), 404, "parameters of version 6");
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(false, 4)]
    [InlineData(true, 2)]
    public async Task OtherIncarnation_BothWays_Is409(bool isTls, int incarnation)
    {
        using var plane = new TestPlane(isTls);
        var name = RecordingStore.Gradient(2) with { Incarnation = incarnation };
        await plane.Refuses(TestPlane.Put(TensorPath.Of(name), TestPlane.Values(1)), 409, $"incarnation {incarnation} of run r", "allowed");
        await plane.Refuses(new(HttpMethod.Get, TensorPath.Of(RecordingStore.Whole with { Incarnation = incarnation })), 409, "incarnation");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StepOver_BothWays_Is410(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        var name = TensorName.Gradient(RecordingStore.Run, RecordingStore.Incarnation, 4, 2, 1);
        await plane.Refuses(TestPlane.Put(TensorPath.Of(name), TestPlane.Values(1)), 410, "gradient of step 4", "over", "allowed");
        await plane.Refuses(new(HttpMethod.Get, TensorPath.Of(RecordingStore.Whole with { Version = 4 })), 410, "parameters of version 4", "over");
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task MalformedName_BothWays_Is400(bool isTls, string name)
    {
        using var plane = new TestPlane(isTls);
        await plane.Refuses(TestPlane.Put(TensorPath.Root + name, TestPlane.Values(1)), 400, "malformed tensor name", "allowed");
        await plane.Refuses(new(HttpMethod.Get, TensorPath.Root + name), 400, "malformed tensor name", "allowed");
        Assert.Equal(0, plane.Store.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WrongHash_Put_Is400AndNothingIsAccepted(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        var wrong = TensorHash.Of(TestPlane.Values(2));
        await plane.Refuses(TestPlane.Put(Gradient, TestPlane.Values(1), wrong), 400, "damaged on the way", "allowed");
        Assert.Equal(1, plane.Store.Asked);
    }

    [Theory]
    [InlineData("ClusterTrain-Hash", null)]
    [InlineData("ClusterTrain-Hash", "XYZ")]
    [InlineData("ClusterTrain-Worker", null)]
    [InlineData("ClusterTrain-Loss", null)]
    [InlineData("ClusterTrain-Loss", "0.5")]
    [InlineData("ClusterTrain-Correct", null)]
    [InlineData("ClusterTrain-Correct", "-1")]
    [InlineData("ClusterTrain-Correct", "9999999999")]
    public async Task BadHeader_Put_Is400AndNamesIt(string header, string? value)
    {
        using var plane = new TestPlane();
        var request = TestPlane.Put(Gradient, TestPlane.Values(1));
        request.Headers.Remove(header);
        if (value is not null) request.Headers.Add(header, value);
        await plane.Refuses(request, 400, $"header {header}", "allowed");
        Assert.Equal(0, plane.Store.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NoLength_Put_Is411(bool isTls)
    {
        using var plane = new TestPlane(isTls);
        var request = TestPlane.Put(Gradient, TestPlane.Values(1));
        request.Headers.TransferEncodingChunked = true;
        await plane.Refuses(request, 411, "Content-Length", "chunked transfer is not allowed");
        Assert.Equal(0, plane.Store.Asked);
    }

    [Theory]
    [InlineData(false, "1048577")]
    [InlineData(false, "1099511627776")]
    [InlineData(false, "9223372036854775807")]
    [InlineData(true, "9223372036854775807")]
    public void HugeLength_Put_Is413BeforeAnyMemoryIsTaken(bool isTls, string length)
    {
        using var plane = new TestPlane(isTls);
        var answer = RawRequest.Exchange(plane, RawRequest.PutHead(Gradient, length), [1, 2, 3, 4]);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains($"Content-Length is {length}; allowed are 1048576 bytes", answer, StringComparison.Ordinal);
        Assert.Equal(0, plane.Store.Asked);
        plane.AssertAsBefore([]);
    }

    [Theory]
    [InlineData(false, TestPlane.Floats - 1)]
    [InlineData(false, TestPlane.Floats + 1)]
    [InlineData(false, 0)]
    [InlineData(true, TestPlane.Floats + 1)]
    public async Task OtherLength_Put_Is422(bool isTls, int floats)
    {
        using var plane = new TestPlane(isTls);
        await plane.Refuses(
            TestPlane.Put(Gradient, TestPlane.Values(1, floats)), 422, $"Content-Length is {4 * floats}", $"has {4 * TestPlane.Floats} bytes");
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, (4 * TestPlane.Floats) - 1)]
    [InlineData(true, (4 * TestPlane.Floats) - 1)]
    public void TruncatedBody_Put_CommitsNothing(bool isTls, int bytes)
    {
        using var plane = new TestPlane(isTls);
        var body = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(TestPlane.Values(1)).ToArray();
        var head = RawRequest.PutHead(Gradient, $"{body.Length}", TensorHash.Of(TestPlane.Values(1)));
        var answer = RawRequest.Exchange(plane, head, body[..bytes], goneOnce: () => plane.Store.Held == 1);
        Assert.DoesNotContain("HTTP/1.1 2", answer, StringComparison.Ordinal);
        Assert.Equal(1, plane.Store.Asked);
        plane.AssertAsBefore([]);
        // The same, whole, is taken: the test spoils what it says it spoils.
        Assert.StartsWith("HTTP/1.1 204", RawRequest.Exchange(plane, head, body), StringComparison.Ordinal);
        Assert.Single(plane.Store.Accepted);
    }

    [Fact]
    public async Task RefusedNameWithLineBreak_Reason_StaysALine()
    {
        using var plane = new TestPlane();
        await plane.Refuses(new(HttpMethod.Get, "tensors/a%0D%0Ab/3/gradient/5/5/0/1"), 404, "run a b is not served");
    }

    [Fact]
    public async Task OtherRoute_BodyOverItsCap_Is413()
    {
        using var plane = new TestPlane(more: routes => Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapPost(
            routes, "/swallow", async http => await http.Request.Body.CopyToAsync(Stream.Null)));
        var request = new HttpRequestMessage(HttpMethod.Post, "swallow") { Content = new ByteArrayContent(new byte[(2 << 20) + 1]) };
        request.Headers.ExpectContinue = true;
        await plane.Refuses(request, 413, "too large");
    }
}

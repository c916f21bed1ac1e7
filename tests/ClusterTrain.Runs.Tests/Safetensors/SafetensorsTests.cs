using System.Buffers.Binary;
using System.Text;
using ClusterTrain.Runs.Safetensors;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Runs.Tests.Safetensors;

public sealed class SafetensorsTests
{
    private const string One = """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    [Fact]
    public void Safetensors_AllElementTypes_RoundTrip()
    {
        NamedTensor[] tensors =
        [
            new NamedTensor<float>("f32", [2, 2], new[] { 1f, -0f, float.NaN, float.MaxValue }),
            new NamedTensor<byte>("u8", [3], new byte[] { 0, 127, 255 }),
            new NamedTensor<double>("f64", [], new[] { Math.PI }),
            new NamedTensor<long>("i64", [2, 1], new[] { long.MinValue, 7L }),
            new NamedTensor<int>("i32", [1], new[] { -3 }),
            new NamedTensor<float>("empty", [0, 5], ReadOnlyMemory<float>.Empty),
        ];
        var metadata = new Dictionary<string, string> { ["b"] = "zwei \"2\"", ["a"] = "ä\n" };
        var bytes = Written(metadata, tensors);
        var file = Read(bytes);

        Assert.Equal(metadata, file.Metadata);
        Assert.Equal(tensors.Select(t => t.Name), file.Tensors.Select(t => t.Name));
        foreach (var (expected, actual) in tensors.Zip(file.Tensors))
        {
            Assert.Equal(expected.Type, actual.Type);
            Assert.Equal(expected.Shape, actual.Shape);
            Assert.Equal(expected.Bytes, actual.Bytes);
        }

        Assert.Equal(bytes, Written(file.Metadata, file.Tensors));
    }

    [Fact]
    public void Safetensors_AnyFloatBits_RoundTrip() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<int[]>(),
                bits =>
                {
                    var values = bits.Select(BitConverter.Int32BitsToSingle).ToArray();
                    var file = Read(Written(new Dictionary<string, string>(), [new NamedTensor<float>("x", [bits.Length], values)]));
                    return file.Float32("x").ToArray().Select(BitConverter.SingleToInt32Bits).SequenceEqual(bits);
                })
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void Writer_HeaderAndMetadataOrder_AreFixed()
    {
        var one = Written(new Dictionary<string, string> { ["z"] = "1", ["a"] = "2" }, []);
        var other = Written(new Dictionary<string, string> { ["a"] = "2", ["z"] = "1" }, []);
        Assert.Equal(one, other);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(one);
        Assert.Equal(0UL, length % 8);
        Assert.Equal("""{"__metadata__":{"a":"2","z":"1"}}""", Encoding.UTF8.GetString(one.AsSpan(8)).TrimEnd(' '));
    }

    [Fact]
    public void Writer_SameNameTwiceOrReserved_IsRefused()
    {
        NamedTensor Named(string name) => new NamedTensor<float>(name, [0], ReadOnlyMemory<float>.Empty);
        var none = new Dictionary<string, string>();
        Assert.Throws<ArgumentException>(() => Written(none, [Named("w"), Named("w")]));
        Assert.Throws<ArgumentException>(() => Written(none, [Named("__metadata__")]));
        Assert.Throws<ArgumentException>(() => new NamedTensor<float>("w", [2, 2], new float[3]));
        Assert.Throws<ArgumentException>(() => new NamedTensor<float>("w", [-1, -1], new float[1]));
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not well-formed JSON")]
    [InlineData("""{"w":1}""", "tensor w: its description")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "the name w occurs twice")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", "tensor w: dtype F8_E4M3 is not supported")]
    [InlineData("""{"w":{"dtype":3,"shape":[4],"data_offsets":[0,8]}}""", "tensor w: dtype 3 is not supported")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "tensor w: shape [3] of F32 needs 12 bytes, but data_offsets span 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "tensor w: shape holds -2")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "tensor w: shape holds 2.5")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "too large")]
    [InlineData("""{"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "tensor w: shape is not a list")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "tensor w: data_offsets are not a begin and an end")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "tensor w: data_offsets are not a begin and an end")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "tensor w ends at byte 16")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor w leaves a gap")]
    [InlineData("""{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor w overlaps")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 trailing bytes")]
    [InlineData("""{"w":{"shape":[2],"data_offsets":[0,8]}}""", "tensor w: dtype, shape or data_offsets is missing")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "tensor w: the field dtype")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "tensor w: the field x")]
    [InlineData("""{"__metadata__":{"a":1}}""", "__metadata__: the value of a is not a string")]
    [InlineData("""{"__metadata__":{"a":"1","a":"1"}}""", "__metadata__: a occurs twice")]
    [InlineData("""{"__metadata__":[]}""", "__metadata__ is not an object")]
    [InlineData("""{"\ud800":1}""", "not well-formed JSON")]
    public void Reader_MalformedHeader_IsOneLineNamingFileAndTensor(string header, string problem)
    {
        var error = Assert.Throws<SafetensorsException>(() => Read(Raw(header, 8)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("some.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Reader_WrongHeaderLength_IsRefusedBeforeAnythingIsAllocated()
    {
        var bytes = Raw(One, 8);
        Assert.Contains("too few", Refused(bytes[..7]), StringComparison.Ordinal);
        Assert.Contains("ends at byte 8", Refused(bytes[..^1]), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)bytes.Length);
        Assert.Contains("does not fit", Refused(bytes), StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Assert.Contains("over the limit", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_InvalidUtf8_IsRefused()
    {
        var bytes = Raw(One, 8);
        bytes[10] = 0xff;
        Assert.Contains("not well-formed", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_AnyByteOfTheHeaderChanged_EitherReadsOrIsRefusedCleanly()
    {
        var original = Raw(One, 8);
        for (var at = 0; at < original.Length - 8; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var bytes = original.ToArray();
                bytes[at] = (byte)value;
                var error = Record.Exception(() => Read(bytes));
                Assert.True(error is null or SafetensorsException, $"byte {at} as {value}: {error}");
            }
        }
    }

    [Fact]
    public void File_AskedForAnotherTypeOrName_NamesBoth()
    {
        var file = Read(Raw(One, 8));
        Assert.Contains("tensor w is F32, not I64", Assert.Throws<SafetensorsException>(() => file.Int64("w").Length).Message, StringComparison.Ordinal);
        Assert.Contains("no tensor v", Assert.Throws<SafetensorsException>(() => file.Shape("v")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot read", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read("/no/such/file")).Message, StringComparison.Ordinal);
    }

    private static string Refused(byte[] bytes) => Assert.Throws<SafetensorsException>(() => Read(bytes)).Message;

    private static SafetensorsFile Read(byte[] bytes) => SafetensorsFile.Read(new MemoryStream(bytes), "some.safetensors");

    private static byte[] Written(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, metadata, tensors);
        return stream.ToArray();
    }

    private static byte[] Raw(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }
}

using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Protocol;

public class ControlJsonTests
{
    // What 1,000 workers and 10,000 shards can make of a message at the most.
    private const int Workers = 1_000;
    private const int Shards = 10_000;

    private static readonly Type[] Types =
        [.. typeof(IClusterMessage).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IClusterMessage)) && !type.IsInterface)];

    public static TheoryData<string> Messages() => [.. Types.Select(type => type.Name)];

    [Fact]
    public void Marker_IsOnSealedRecordsOfClusterMessageAlone_AndOnAllOfThem()
    {
        Assert.All(Types, type =>
        {
            Assert.Equal(typeof(ClusterMessage), type.DeclaringType);
            Assert.True(type.IsSealed, $"{type.Name} is not sealed");
            Assert.NotNull(type.GetMethod("<Clone>$"));
        });
        Assert.Equal(typeof(ClusterMessage).GetNestedTypes().OrderBy(type => type.Name), Types.OrderBy(type => type.Name));
        Assert.True(Types.Length >= 12);
    }

    // The server learns from the marker whom to answer: a message that names a worker without it would go unanswered.
    [Fact]
    public void WorkerMarker_IsOnWhatNamesAWorker_AndOnNothingElse() => Assert.All(
        Types, type => Assert.Equal(type.GetProperty("Worker") is not null, type.IsAssignableTo(typeof(IWorkerMessage))));

    [Fact]
    public void Discriminators_AllMessages_EachItsOwn()
    {
        var derived = typeof(IClusterMessage).GetCustomAttributes<JsonDerivedTypeAttribute>().ToList();
        Assert.Equal(Types.OrderBy(type => type.Name), derived.Select(one => one.DerivedType).OrderBy(type => type.Name));
        Assert.Equal(derived.Count, derived.Select(one => one.TypeDiscriminator).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void AnyMessage_ThereAndBack_IsTheSame(string name)
    {
        foreach (var fill in new[] { Fill.Ordinary, Fill.Extreme, Fill.Empty, Fill.Null })
        {
            var message = Message(name, fill);
            var back = Assert.Single(ControlJson.Read(ControlJson.Write(message)));
            Assert.Equal(message.GetType(), back.GetType());
            Assert.Equal(message, back);
        }
    }

    [Fact]
    public void AllMessages_InOneArray_KeepTheirOrder()
    {
        IClusterMessage[] messages = [.. Types.Select(type => Message(type.Name, Fill.Ordinary))];
        Assert.Equal(messages, ControlJson.Read(ControlJson.Write(messages)));
        Assert.Empty(ControlJson.Read(ControlJson.Write()));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void AnyMessage_WithItsBiggestContent_FitsTheCap(string name)
    {
        var size = ControlJson.Write(Message(name, Fill.Extreme)).Length;
        Assert.InRange(size, 2, ControlJson.MostBytes);
    }

    [Fact]
    public void Reason_OfAnyLength_IsCutToWhatFits()
    {
        // Of characters that JSON has to escape.
        var endless = new string('\u0001', 1_000_000);
        foreach (IClusterMessage message in new IClusterMessage[]
            { new ClusterMessage.Unfit("w", new RunKey("r", 1), endless), new ClusterMessage.Refuse(endless) })
            Assert.InRange(ControlJson.Write(message).Length, ClusterMessage.MostReason, ControlJson.MostBytes);
        Assert.Equal("short", new ClusterMessage.Refuse("short").Why);
    }

    [Theory]
    [InlineData("""[{"is":"format-disk"}]""")]
    [InlineData("""[{"is":"System.Diagnostics.Process"}]""")]
    [InlineData("""[{"is":3}]""")]
    [InlineData("""[{"$type":"ClusterTrain.Cluster.Protocol.ClusterMessage+Leave","worker":"w"}]""")]
    [InlineData("""[{"worker":"w"}]""")]
    [InlineData("""[{"is":"leave"}]""")]
    [InlineData("""[{"is":"refuse","why":null}]""")]
    [InlineData("[null]")]
    [InlineData("[3]")]
    [InlineData("null")]
    [InlineData("")]
    public void UnknownType_Read_IsRefused(string json)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var failure = Record.Exception(() => ControlJson.Read(bytes));
        Assert.True(failure is JsonException or NotSupportedException, failure?.GetType().Name ?? "taken");
    }

    [Fact]
    public void NotANumber_Measured_KeepsItsMeaning()
    {
        foreach (var loss in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -0.0, 0.1 + 0.2 })
        {
            var message = new ClusterMessage.Measured("w", new RunKey("r", 0), WorkKind.Gradient, 1, 2, new EvaluationSums(3, loss, 4, 5, 6));
            var back = (ClusterMessage.Measured)ControlJson.Read(ControlJson.Write(message))[0];
            Assert.Equal(BitConverter.DoubleToUInt64Bits(loss), BitConverter.DoubleToUInt64Bits(back.Sums.Loss));
        }
    }

    private enum Fill
    {
        Ordinary,
        Extreme,
        Empty,
        Null,
    }

    private static IClusterMessage Message(string name, Fill fill)
    {
        var type = Types.Single(one => one.Name == name);
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        var nullability = new NullabilityInfoContext();
        return (IClusterMessage)constructor.Invoke(
            [.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, fill, nullability.Create(parameter).WriteState == NullabilityState.Nullable))]);
    }

    // Whatever a message may come to hold: a kind of field that is not here fails the test, and is to be added.
    private static object? Value(Type type, Fill fill, bool isNullable)
    {
        if (isNullable && fill == Fill.Null) return null;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Value(inner, fill, false);
        if (type == typeof(string))
            return fill switch { Fill.Ordinary => "wörker-\"7\"", Fill.Extreme => new string('ü', 256), _ => "" };
        if (type == typeof(bool)) return fill != Fill.Empty;
        if (type == typeof(int)) return fill switch { Fill.Ordinary => 7, Fill.Extreme => int.MinValue, _ => 0 };
        if (type == typeof(long)) return fill switch { Fill.Ordinary => 7L, Fill.Extreme => long.MinValue, _ => 0L };
        if (type == typeof(double)) return fill switch { Fill.Ordinary => 0.1, Fill.Extreme => -double.MaxValue, _ => 0.0 };
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue(fill == Fill.Extreme ? values.Length - 1 : 0)!;
        }

        if (type.IsArray) return List(type.GetElementType()!, fill);
        if (type.IsGenericType && type.IsInterface && type.GetGenericArguments() is [var element]) return List(element, fill);
        if (type.Assembly.GetName().Name!.StartsWith("ClusterTrain.", StringComparison.Ordinal))
        {
            var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
            return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, fill, false))]);
        }

        throw new NotSupportedException($"no example of {type}");
    }

    private static Array List(Type element, Fill fill)
    {
        var count = fill switch { Fill.Ordinary => 2, Fill.Extreme => Math.Max(Workers, Shards), _ => 0 };
        var list = Array.CreateInstance(element, count);
        for (var i = 0; i < count; i++) list.SetValue(Value(element, fill, false), i);
        return list;
    }
}

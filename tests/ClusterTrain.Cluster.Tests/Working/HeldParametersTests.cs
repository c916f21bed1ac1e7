using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Working;

public sealed class HeldParametersTests
{
    private static readonly RunKey Run = new("run", 2);
    private readonly RunContext _context = TinyRuns.Context("fused");
    private readonly HeldParameters _held = new();
    private readonly float[] _values;

    public HeldParametersTests()
    {
        _values = RunState.Initial(_context.Plan).Model.Parameters.Span.ToArray();
        _held.Begin(Run, _context.Plan);
    }

    [Fact]
    public async Task Prepare_VersionThatComesInAMoment_IsWaitedForAndThenRead()
    {
        var (name, stop) = (TensorName.Whole("run", 2, 3), TestContext.Current.CancellationToken);
        Hold(1);
        var early = _held.Prepare(name, stop);
        Hold(2);
        Assert.False(early.IsCompleted);

        Hold(3);
        await early.WaitAsync(stop);

        using var reading = _held.Read(name).Reading!;
        Assert.Equal(_values, reading.Values.ToArray());
        Assert.Equal("hash of 3", reading.Hash);
    }

    [Theory]
    [InlineData("other", 2, 3, PlaneOutcome.UnknownRun)]
    [InlineData("run", 1, 3, PlaneOutcome.OtherIncarnation)]
    [InlineData("run", 2, 4, PlaneOutcome.UnknownTensor)]
    public void Prepare_WhatWillNeverCome_IsRefusedAtOnce(string run, int incarnation, long version, PlaneOutcome expected)
    {
        Hold(5);
        var name = TensorName.Whole(run, incarnation, version);

        Assert.True(_held.Prepare(name, CancellationToken.None).IsCompleted);
        Assert.Equal(expected, _held.Read(name).Outcome);
    }

    [Fact]
    public void Read_Slice_IsWhatTheServerWouldCutOut()
    {
        Hold(0);
        var mask = new ParameterSlice(_context.Plan).Mask(0, 2, 1);
        var expected = new float[mask.ParameterCount];
        ParameterSlice.Gather(_values, mask, expected);

        using var reading = _held.Read(TensorName.Slice("run", 2, 0, 0, 2, 1)).Reading!;

        Assert.Equal(expected, reading.Values.ToArray());
        Assert.Equal(TensorHash.Of(expected), reading.Hash);
        Assert.Equal(PlaneOutcome.UnknownTensor, _held.Read(TensorName.Slice("run", 2, 0, 0, int.MaxValue, 1)).Outcome);
    }

    [Fact]
    public void Drop_MemoryIsUsedAnew_NobodyGetsItAnyMore()
    {
        Hold(3);

        _held.Drop(3);

        Assert.Equal(PlaneOutcome.UnknownTensor, _held.Read(TensorName.Whole("run", 2, 3)).Outcome);
    }

    [Fact]
    public async Task Begin_AnotherRun_EndsTheWaitForThisOne()
    {
        var waiting = _held.Prepare(TensorName.Whole("run", 2, 3), TestContext.Current.CancellationToken);

        _held.Begin(Run with { Incarnation = 3 }, _context.Plan);

        await waiting.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(PlaneOutcome.OtherIncarnation, _held.Read(TensorName.Whole("run", 2, 3)).Outcome);
    }

    private void Hold(long version) => _held.Hold(Run, new ParameterSnapshot(version, _values), $"hash of {version}");
}

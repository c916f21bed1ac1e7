using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Engines;

/// <summary>What every engine promises, kept where workers get parameters from each other: whoever is asked first passes them on.</summary>
public sealed class RelayTests : EngineContract
{
    private static readonly RelayPolicy Chain = new() { Use = RelayUse.Always, FanOut = 1 };

    // A tiny run may be over before a second worker has come.
    private const int MostRuns = 20;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    // On a machine with much else to do nobody loses patience.
    private static readonly RelayPolicy Patient = new() { Use = RelayUse.Always, Hop = TimeSpan.FromSeconds(10) };

    protected override IReadOnlyList<int> WorkerCounts(string name) => FewerCounts(name, 1, 2, 3, 7);

    [Fact]
    public void Run_ManyWorkers_TheServerSendsAsMuchAsToAFew()
    {
        var context = TinyRuns.Context("plain");
        var (whole, passedOn) = (4L * context.Plan.Network.ParameterCount, 0L);
        for (var runs = 0; runs < MostRuns && passedOn == 0; runs++)
        {
            var workers = new InProcessWorkers(context) { Relays = Patient };

            var (outcome, sent, received) = workers.Run(RunState.Initial(context.Plan), 8, new RecordingObserver(), CancellationToken.None);

            Assert.Equal(SerialRuns.BitsOf("plain").Split(' ')[0], StateBits.Of(outcome.Model));
            Assert.InRange(received, 1, 4 * (outcome.Model.Version + 2) * whole);
            Assert.InRange(sent, 1, 4 * (outcome.Model.Version + 2) * whole);
            passedOn = workers.BytesPassedOn;
        }

        Assert.InRange(passedOn, whole, long.MaxValue);
    }

    [Theory]
    [InlineData(Fault.Silence)]
    [InlineData(Fault.Refusal)]
    [InlineData(Fault.WrongBytes)]
    [InlineData(Fault.DamagedBytes)]
    [InlineData(Fault.HalfOfIt)]
    public void Run_RelayFails_TheServerIsAskedAndTheBitsAreTheSame(Fault fault)
    {
        // "fused" is thinned: slices are checked as well as the whole.
        foreach (var name in new[] { "plain", "fused" })
        {
            var (faults, runs) = (0, 0);
            for (; runs < MostRuns && faults == 0; runs++)
            {
                var (context, stores) = (TinyRuns.Context(name), new FaultyStore[4]);
                var workers = new InProcessWorkers(context) { Relays = Chain, Port = (number, held) => stores[number] = new FaultyStore(held, fault, from: number) };

                var (outcome, _, _) = workers.Run(RunState.Initial(context.Plan), 3, new RecordingObserver(), CancellationToken.None);

                Assert.Equal(SerialRuns.BitsOf(name).Split(' ')[0], StateBits.Of(outcome.Model));
                faults = stores.Sum(store => store?.Faults ?? 0);
            }

            Assert.True(faults > 0, $"No relay was asked in {runs} runs.");
        }
    }

    [Theory]
    [InlineData(AdderFault.Silence)]
    [InlineData(AdderFault.Refusal)]
    [InlineData(AdderFault.Loss)]
    [InlineData(AdderFault.Death)]
    public void Run_AdderFails_TheServerIsBroughtItAndTheBitsAreTheSame(AdderFault fault)
    {
        var (faults, runs) = (0, 0);
        for (; runs < MostRuns && faults == 0; runs++)
        {
            var (context, stores) = (TinyRuns.Context("fused"), new FaultyAdder[4]);
            var leases = new LeasePolicy { First = Short, Shortest = Short };
            var workers = new InProcessWorkers(context, leases) { Relays = Chain, Port = (number, held) => stores[number] = new FaultyAdder(held, fault) };

            var (outcome, _, _) = workers.Run(RunState.Initial(context.Plan), 3, new RecordingObserver(), CancellationToken.None);

            Assert.Equal(SerialRuns.BitsOf("fused").Split(' ')[0], StateBits.Of(outcome.Model));
            faults = stores.Sum(store => store?.Faults ?? 0);
        }

        Assert.True(faults > 0, $"No adder was asked in {runs} runs.");
    }

    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop) =>
        new InProcessWorkers(context) { Relays = Chain }.Run(start, workers, observer, stop).Outcome;

    public enum Fault
    {
        Silence,
        Refusal,

        /// <summary>With their own right hash.</summary>
        WrongBytes,

        /// <summary>With the hash of the right ones.</summary>
        DamagedBytes,

        /// <summary>And then nothing.</summary>
        HalfOfIt,
    }

    public enum AdderFault
    {
        /// <summary>Takes it and never says a word.</summary>
        Silence,
        Refusal,

        /// <summary>Says that the server has it, and has lost it.</summary>
        Loss,

        /// <summary>The connection breaks while it waits.</summary>
        Death,
    }

    /// <summary>A worker that fails in the first sum that it is brought something for.</summary>
    private sealed class FaultyAdder(HeldParameters held, AdderFault fault) : ITensorStore
    {
        private int _brought;

        public int Faults => Math.Min(_brought, 1);

        public Task Prepare(TensorName name, CancellationToken aborted) => held.Prepare(name, aborted);

        public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name) => held.Read(name);

        public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) => held.Expect(name, worker);

        public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures)
        {
            var (writing, outcome) = held.Write(name, worker, figures);
            return writing is null || Interlocked.Increment(ref _brought) > 1 ? (writing, outcome) : (new FaultyWriting(writing, fault), outcome);
        }
    }

    private sealed class FaultyWriting(ITensorWriting right, AdderFault fault) : ITensorWriting
    {
        public Memory<float> Values => right.Values;

        public async Task<PlaneOutcome> Accept(CancellationToken aborted)
        {
            if (fault == AdderFault.Silence) await Task.Delay(Timeout.Infinite, aborted);
            if (fault == AdderFault.Death) throw new IOException("the adder has died");
            return fault == AdderFault.Loss ? PlaneOutcome.Done : PlaneOutcome.UnknownTensor;
        }

        public void Dispose() => right.Dispose();
    }

    /// <summary>A relay that fails after it has passed on something rightly.</summary>
    private sealed class FaultyStore(HeldParameters held, Fault fault, int from) : ITensorStore
    {
        private int _asked;

        public int Faults { get; private set; }

        private bool IsFaulty => _asked > from;

        public async Task Prepare(TensorName name, CancellationToken aborted)
        {
            await held.Prepare(name, aborted);
            _asked++;
            if (!IsFaulty) return;
            Faults++;
            if (fault == Fault.Silence) await Task.Delay(Timeout.Infinite, aborted);
        }

        public (ITensorReading? Reading, PlaneOutcome Outcome) Read(TensorName name)
        {
            var (reading, outcome) = held.Read(name);
            if (!IsFaulty || reading is null) return (reading, outcome);
            if (fault != Fault.Refusal) return (new FaultyReading(reading, fault), outcome);
            reading.Dispose();
            return (null, PlaneOutcome.UnknownTensor);
        }

        public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name, string worker) => held.Expect(name, worker);

        public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, string worker, GradientFigures figures) => held.Write(name, worker, figures);
    }

    private sealed class FaultyReading : ITensorReading
    {
        private readonly ITensorReading _right;

        public FaultyReading(ITensorReading right, Fault fault)
        {
            var values = right.Values.ToArray();
            if (fault == Fault.HalfOfIt) values = values[..(values.Length / 2)];
            else values[values.Length / 2] += 1;
            (_right, Values, Hash) = (right, values, fault == Fault.WrongBytes ? TensorHash.Of(values) : right.Hash);
        }

        public ReadOnlyMemory<float> Values { get; }

        public string Hash { get; }

        public void Delivered() => _right.Delivered();

        public void Dispose() => _right.Dispose();
    }
}

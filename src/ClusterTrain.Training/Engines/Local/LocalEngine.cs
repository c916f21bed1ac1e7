using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Engines.Local;

/// <summary>
/// Workers as threads of this process, pulling work from the parameter server under one lock. Whichever thread brings
/// an answer carries the server's decisions out; the others compute meanwhile. Each takes one item at a time.
/// </summary>
public sealed class LocalEngine(EngineOptions options, TimeProvider time) : IEngine
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly ServerMessage Tock = new ServerMessage.TimePasses();

    public static EngineEntry Entry { get; } = new("local", "threads of this process", (options, time) => new LocalEngine(options, time))
    {
        SmallRuns = SmallRuns.ThreadEach,
    };

    public string Name => Entry.Name;

    public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop)
    {
        var context = run.Context;
        // While a step is being committed the workers have nothing to do: their cores are free.
        using var helpers = new HelpingThreads(Math.Min(options.Workers, Environment.ProcessorCount) - 1, "commit");
        var server = new ParameterServer(context, run.Start, options.Leases ?? new LeasePolicy(), commitThreads: helpers);
        var session = new Session(server, observer, time);
        using var registration = stop.Register(session.Stop);
        var threads = Enumerable.Range(1, options.Workers).Select(number => new Thread(() => session.Work(number, context))
        {
            Name = $"worker-{number}",
            IsBackground = true,
        }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var end = session.End ?? throw new AggregateException("The run failed.", session.Failures);
        return new RunOutcome(end, server.Model, server.Result, server.Stopping) { Workers = options.Workers };
    }

    private sealed class Session(ParameterServer server, IRunObserver observer, TimeProvider time)
    {
        private readonly object _gate = new();
        private readonly long _started = time.GetTimestamp();
        private readonly Queue<ServerMessage> _inbox = [];
        private readonly List<ServerEffect> _effects = [];
        private readonly Dictionary<WorkerId, ServerEffect.Assign> _assigned = [];
        private readonly List<Exception> _failures = [];
        private bool _isFeeding;

        public ServerEffect? End { get; private set; }

        public IReadOnlyList<Exception> Failures => _failures;

        private bool IsOver => End is not null || _failures.Count > 0;

        public void Stop()
        {
            lock (_gate) Feed(new ServerMessage.StopRequested());
        }

        public void Work(int number, RunContext context)
        {
            try
            {
                var asks = new ServerMessage.WorkerAsks(new WorkerId($"worker-{number}"));
                var executor = new WorkExecutor(context);
                while (NextWork(asks) is { } work)
                {
                    var result = executor.Execute(work.Range, 0, work.Parameters, work.Batches);
                    lock (_gate) Feed(new ServerMessage.ResultArrives(asks.Worker, result));
                }
            }
            catch (Exception failure)
            {
                lock (_gate) Fail(failure);
            }
        }

        private ServerEffect.Assign? NextWork(ServerMessage.WorkerAsks asks)
        {
            lock (_gate)
            {
                Feed(asks);
                while (!IsOver)
                {
                    if (_assigned.Remove(asks.Worker, out var work)) return work;
                    if (!Monitor.Wait(_gate, Tick)) Feed(Tock);
                }

                return null;
            }
        }

        // The observer may stop the run: that message waits until the effects at hand are carried out. Answers after
        // the end go in too, since the server gives their memory back.
        private void Feed(ServerMessage message)
        {
            _inbox.Enqueue(message);
            if (_isFeeding) return;
            _isFeeding = true;
            try
            {
                while (_failures.Count == 0 && _inbox.TryDequeue(out var next)) CarryOut(next);
            }
            catch (Exception failure)
            {
                Fail(failure);
            }
            finally
            {
                _isFeeding = false;
                Monitor.PulseAll(_gate);
            }
        }

        private void CarryOut(ServerMessage message)
        {
            var elapsed = time.GetElapsedTime(_started);
            _effects.Clear();
            server.Handle(message, elapsed, _effects);
            foreach (var effect in _effects)
            {
                if (effect is ServerEffect.Assign assign) _assigned[assign.Worker] = assign;
                else observer.On(effect, server, elapsed);
                if (effect.IsEnd) End = effect;
            }
        }

        private void Fail(Exception failure)
        {
            _failures.Add(failure);
            Monitor.PulseAll(_gate);
        }
    }
}

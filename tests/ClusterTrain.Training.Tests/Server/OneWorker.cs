using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>A server and one worker, driven by hand; answers may be changed on their way.</summary>
internal sealed class OneWorker
{
    private const int MostItems = 10_000;
    private readonly WorkerId _worker = new("worker");
    private readonly RunContext _context;
    private readonly WorkExecutor _executor;

    public OneWorker(RunContext context, RunState? start = null)
    {
        _context = context;
        _executor = new WorkExecutor(context);
        Server = new ParameterServer(context, start ?? RunState.Initial(context.Plan), new LeasePolicy());
    }

    public ParameterServer Server { get; }

    /// <summary>Everything but assignments.</summary>
    public List<ServerEffect> Effects { get; } = [];

    /// <summary>What the network makes of an answer.</summary>
    public Func<WorkResult, WorkResult> Change { get; init; } = result => result;

    /// <summary>Bits of the state at each committed version.</summary>
    public Dictionary<long, string> Committed { get; } = [];

    public RunState State => new(Server.Model, Server.Best, Server.Stopping);

    /// <summary>Asks for an item of this kind, working off what comes before it.</summary>
    public ServerEffect.Assign Reach(WorkKind kind)
    {
        while (true)
        {
            var work = Ask() ?? throw new InvalidOperationException($"The run is over before an item of kind {kind}.");
            if (work.Range.Kind == kind) return work;
            Send(Execute(work));
        }
    }

    public OneWorker Finish()
    {
        for (var i = 0; i < MostItems && Ask() is { } work; i++) Send(Change(Execute(work)));
        Assert.True(Server.IsFinished, $"The run is stuck at version {Server.Model.Version}.");
        Assert.Equal(0, _context.Buffers.Outstanding);
        return this;
    }

    public WorkResult Execute(ServerEffect.Assign work) => _executor.Execute(work.Range, 0, work.Parameters, work.Batches);

    public void Send(WorkResult result) => Handle(new ServerMessage.ResultArrives(_worker, result));

    public ServerEffect.Assign? Handle(ServerMessage message)
    {
        var effects = new List<ServerEffect>();
        Server.Handle(message, TimeSpan.Zero, effects);
        Committed[Server.Model.Version] = StateBits.Of(Server.Model);
        Effects.AddRange(effects.Where(effect => effect is not ServerEffect.Assign));
        return effects.OfType<ServerEffect.Assign>().SingleOrDefault();
    }

    private ServerEffect.Assign? Ask() => Handle(new ServerMessage.WorkerAsks(_worker));
}

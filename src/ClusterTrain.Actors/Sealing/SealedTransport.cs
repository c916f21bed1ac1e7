using Akka.Actor;
using Akka.Remote.Transport;
using ClusterTrain.Actors.Logging;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors.Sealing;

/// <summary>
/// Akka.Remote's connections between nodes that know the cluster's secret, and with nobody else: whoever cannot show that he
/// does never comes as far as Akka, which would make objects of what he sends.
/// </summary>
/// <remarks>Akka.NET has no authentication of its own beside TLS; this is one of its transport adapters.</remarks>
internal sealed class SealedTransport : AbstractTransportAdapter, IAssociationEventListener
{
    /// <summary>Goes before the transport's own scheme in addresses: <c>akka.sealed.tcp://...</c>.</summary>
    public const string Scheme = "sealed";

    /// <summary>Connections at once that have not shown yet that they know the secret.</summary>
    public const int MostUnproven = 128;

    /// <summary>How long one may take to show it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    // How long others must go at the sight of the proof, and nobody stay, before they are taken for strangers: those who gave up while
    // this node stood still are all heard of in one moment, and come again.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(3);

    private readonly ExtendedActorSystem _system;
    private readonly byte[] _key;
    private readonly ILogger _log;
    private readonly TimeProvider _time = TimeProvider.System;
    private Task<IAssociationEventListener> _upstream = new TaskCompletionSource<IAssociationEventListener>().Task;
    private int _unproven;
    private int _refused;
    private long? _saidAt;
    private long? _doubtsSince;
    private long _doubtedAt;

    public SealedTransport(Transport wrapped, ExtendedActorSystem system, SealSetup setup)
        : base(wrapped) => (_system, _key, _log) = (system, setup.Key, setup.Log);

    public override long MaximumPayloadBytes => WrappedTransport.MaximumPayloadBytes - FrameSeal.TagBytes;

    protected override SchemeAugmenter SchemeAugmenter { get; } = new(Scheme);

    public override Task<bool> ManagementCommand(object message) => WrappedTransport.ManagementCommand(message);

    /// <summary>Somebody has connected.</summary>
    public void Notify(IAssociationEvent ev)
    {
        if (ev is not InboundAssociation inbound) return;
        if (Interlocked.Increment(ref _unproven) > MostUnproven)
        {
            Interlocked.Decrement(ref _unproven);
            SealedHandle.Close(inbound.Association);
            return;
        }

        var handle = new SealedHandle(inbound.Association, _key, asks: false);
        Watch(handle, $"{inbound.Association.RemoteAddress.Host}:{inbound.Association.RemoteAddress.Port}");
        _ = handle.Proven.ContinueWith(
            proven =>
            {
                Interlocked.Decrement(ref _unproven);
                if (proven.Result) lock (_log) _doubtsSince = null;
                if (proven.Result) _ = _upstream.ContinueWith(upstream => upstream.Result.Notify(new InboundAssociation(handle)), TaskScheduler.Default);
            },
            TaskScheduler.Default);
        handle.Begin();
    }

    protected override Task<IAssociationEventListener> InterceptListen(Address listenAddress, Task<IAssociationEventListener> listenerTask)
    {
        _upstream = listenerTask;
        return Task.FromResult<IAssociationEventListener>(this);
    }

    protected override void InterceptAssociate(Address remoteAddress, TaskCompletionSource<AssociationHandle> statusPromise) =>
        _ = Associate(remoteAddress, statusPromise);

    private async Task Associate(Address remote, TaskCompletionSource<AssociationHandle> promise)
    {
        try
        {
            var handle = new SealedHandle(await WrappedTransport.Associate(remote).ConfigureAwait(false), _key, asks: true);
            Watch(handle, $"{remote.Host}:{remote.Port}");
            handle.Begin();
            if (await handle.Proven.ConfigureAwait(false)) promise.TrySetResult(handle);
            else promise.TrySetException(new InvalidAssociationException($"{remote} did not show that it knows the cluster's secret"));
        }
        catch (Exception failure)
        {
            promise.TrySetException(failure);
        }
    }

    // A frame that is wrong is said, now and then: who sends many shall not fill the log.
    private void Watch(SealedHandle handle, string remote)
    {
        _system.Scheduler.Advanced.ScheduleOnce(Patience, handle.GiveUp);
        _ = handle.Refused.ContinueWith(
            refused =>
            {
                lock (_log)
                {
                    var now = _time.GetTimestamp();
                    if (!refused.Result && IsDoubtful(now)) return;
                    _refused++;
                    if (_saidAt is { } at && _time.GetElapsedTime(at, now) < Silence) return;
                    ActorsLog.StrangerRefused(_log, remote, _refused);
                    (_saidAt, _refused) = (now, 0);
                }
            },
            TaskContinuationOptions.OnlyOnRanToCompletion);
    }

    private bool IsDoubtful(long now)
    {
        if (_doubtsSince is null || _time.GetElapsedTime(_doubtedAt, now) > Silence) _doubtsSince = now;
        _doubtedAt = now;
        return _time.GetElapsedTime(_doubtsSince.Value, now) < Doubt;
    }
}

/// <summary>Makes it: Akka knows this one by its name in the configuration.</summary>
internal sealed class SealedTransportProvider : ITransportAdapterProvider
{
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) => new SealedTransport(
        wrappedTransport, system,
        system.Settings.Setup.Get<SealSetup>() is { HasValue: true } setup ? setup.Value : throw new InvalidOperationException("A sealed transport needs a secret."));
}

using Akka.Remote.Transport;
using Google.Protobuf;

namespace ClusterTrain.Actors.Sealing;

/// <summary>
/// One connection between two nodes, from the moment that it is made: first they show each other that they know the secret
/// (<see cref="FrameSeal"/>), then every frame is checked before anybody reads it, and the first wrong one ends the connection.
/// </summary>
/// <remarks>
/// Who asks sends a number; who is asked answers with a number and a proof; the first sealed frame of who asked is his proof.
/// </remarks>
internal sealed class SealedHandle : AbstractTransportAdapterHandle, IHandleEventListener
{
    private readonly byte[] _key;
    private readonly bool _asks;
    private readonly byte[] _nonce = FrameSeal.Nonce();
    private readonly TaskCompletionSource<bool> _proven = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sending = new();
    private readonly Lock _hearing = new();
    private readonly Queue<IHandleEvent> _early = new();
    private IHandleEventListener? _upstream;
    private byte[]? _ownKey;
    private byte[]? _otherKey;
    private ulong _sent;
    private ulong _heard;
    private bool _isOver;

    /// <param name="wrapped">The plain connection.</param>
    /// <param name="key">Of the cluster's secret.</param>
    /// <param name="asks">Whether this side made the connection.</param>
    public SealedHandle(AssociationHandle wrapped, byte[] key, bool asks)
        : base(wrapped, SealedTransport.Scheme)
    {
        (_key, _asks) = (key, asks);
        _ = ReadHandlerSource.Task.ContinueWith(listener => Listen(listener.Result), TaskContinuationOptions.OnlyOnRanToCompletion);
    }

    /// <summary>Completes when the other side has shown that it knows the secret; false when it will not any more.</summary>
    public Task<bool> Proven => _proven.Task;

    /// <summary>
    /// Completes when the other side has sent what nobody who knows the secret sends: true; or when it has gone at the sight of this
    /// side's proof: false. Who gave up waiting goes then too.
    /// </summary>
    public Task<bool> Refused => _refused.Task;

    public static void Close(AssociationHandle handle)
    {
#pragma warning disable CS0618 // The method that states reasons writes them to a log of Akka's.
        handle.Disassociate();
#pragma warning restore CS0618
    }

    /// <summary>Reads and speaks from now on.</summary>
    public void Begin()
    {
        WrappedHandle.ReadHandlerSource.TrySetResult(this);
        if (_asks) WrappedHandle.Write(ByteString.CopyFrom(_nonce));
    }

    /// <summary>Ends the connection unless the other side has proven itself.</summary>
    public void GiveUp()
    {
        if (_proven.TrySetResult(false)) Close(WrappedHandle);
    }

    public override bool Write(ByteString payload)
    {
        lock (_sending)
        {
            // Until both numbers are known there is nobody to say anything to.
            return _ownKey is not null && WrappedHandle.Write(ByteString.CopyFrom(FrameSeal.Close(_ownKey, _sent++, payload.Span)));
        }
    }

#pragma warning disable CS0672 // What is to be overridden is obsolete to call.
    public override void Disassociate() => Close(WrappedHandle);
#pragma warning restore CS0672

    public void Notify(IHandleEvent ev)
    {
        lock (_hearing)
        {
            if (_isOver) return;
            switch (ev)
            {
                case InboundPayload first when _otherKey is null:
                    Meet(first.Payload.Span);
                    break;
                case InboundPayload frame:
                    Hear(frame.Payload);
                    break;
                default:
                    _isOver = ev is Disassociated;

                    if (_isOver && _proven.TrySetResult(false) && _otherKey is not null) _refused.TrySetResult(false);
                    Pass(ev);
                    break;
            }
        }
    }

    private void Meet(ReadOnlySpan<byte> said)
    {
        if (said.Length != FrameSeal.NonceBytes + (_asks ? FrameSeal.ProofBytes : 0))
        {
            Refuse();
            return;
        }

        var other = said[..FrameSeal.NonceBytes];
        var asked = _asks ? _nonce : other;
        var answered = _asks ? other : _nonce;
        var proof = FrameSeal.Proof(_key, asked, answered);
        if (_asks && !System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(proof, said[FrameSeal.NonceBytes..]))
        {
            Refuse();
            return;
        }

        _otherKey = FrameSeal.KeyOf(_key, !_asks, asked, answered);
        var ownKey = FrameSeal.KeyOf(_key, _asks, asked, answered);
        lock (_sending)
        {
            if (!_asks) WrappedHandle.Write(ByteString.CopyFrom([.. _nonce, .. proof]));
            _ownKey = ownKey;
        }

        if (_asks) _proven.TrySetResult(true);
    }

    private void Hear(ByteString frame)
    {
        var length = FrameSeal.Open(_otherKey!, _heard, frame.Span);
        if (length < 0)
        {
            Refuse();
            return;
        }

        _heard++;
        Pass(new InboundPayload(ByteString.CopyFrom(frame.Span[..length])));
        _proven.TrySetResult(true);
    }

    private void Refuse()
    {
        _isOver = true;
        _refused.TrySetResult(true);
        _proven.TrySetResult(false);
        Pass(new Disassociated(DisassociateInfo.Unknown));
        Close(WrappedHandle);
    }

    private void Pass(IHandleEvent ev)
    {
        if (_upstream is null) _early.Enqueue(ev);
        else _upstream.Notify(ev);
    }

    private void Listen(IHandleEventListener upstream)
    {
        lock (_hearing)
        {
            _upstream = upstream;
            while (_early.TryDequeue(out var ev)) upstream.Notify(ev);
        }
    }
}

using System.Collections.Concurrent;
using Akka.Actor;

namespace ClusterTrain.Actors.Register;

/// <summary>One entry of a <see cref="ServerRegister"/>.</summary>
/// <param name="Clock">Of two versions of an entry the one with the greater clock counts, everywhere.</param>
/// <param name="Text">What it says; some hundreds of characters, since entries travel in messages of the cluster.</param>
public readonly record struct Agreed(long Clock, string Text);

/// <summary>
/// A few small texts that the servers of a cluster agree upon, whatever they hear in which order: replicated by
/// Akka.DistributedData, in memory, for as long as one of them lives. It outlives the node's parts in clusters: what is known
/// here is brought into each of them. Any thread may call.
/// </summary>
public sealed class ServerRegister
{
    private readonly ConcurrentDictionary<string, Agreed> _entries = new(StringComparer.Ordinal);
    private volatile IActorRef _actor = ActorRefs.Nobody;

    /// <summary>Told, on any thread, that an entry came or changed. Must not block.</summary>
    public Action? Changed { get; set; }

    /// <summary>All entries as far as they are known here.</summary>
    public IReadOnlyDictionary<string, Agreed> Entries => _entries;

    /// <summary>Writes an entry, unless a newer one is known. Completes when most servers that are in reach have it, or half a second has passed.</summary>
    public Task Put(string key, Agreed entry)
    {
        Take(key, entry);
        return _actor.IsNobody() ? Task.CompletedTask : _actor.Ask<RegisterActor.Written>(new RegisterActor.Write(key, _entries[key]), 2 * RegisterActor.Patience)
            .ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Goes on in another actor system, whose node has the role of servers.</summary>
    internal void Attach(ActorSystem system) => _actor = system.ActorOf(RegisterActor.Props(this), "register");

    /// <summary>What another server says.</summary>
    internal void Hear(string key, Agreed entry)
    {
        if (Take(key, entry)) Changed?.Invoke();
    }

    private bool Take(string key, Agreed entry)
    {
        while (true)
        {
            if (!_entries.TryGetValue(key, out var known))
            {
                if (_entries.TryAdd(key, entry)) return true;
            }
            else if (entry.Clock <= known.Clock)
            {
                return false;
            }
            else if (_entries.TryUpdate(key, entry, known))
            {
                return true;
            }
        }
    }
}

using System.Collections.Immutable;

namespace ClusterTrain.Numerics.Catalogues;

/// <summary>
/// The techniques of one kind, by name: a built-in list, and what others add before they name it in a spec. Reading is safe
/// at any time from any thread; entries are never taken out.
/// </summary>
/// <param name="kind">What an entry is, for messages: <c>layer</c>.</param>
/// <param name="nameOf">Name of an entry as users write it; case does not tell two apart.</param>
/// <param name="builtIn">Entries from the start, in the order in which they are listed to users.</param>
public sealed class Catalogue<T>(string kind, Func<T, string> nameOf, params IReadOnlyList<T> builtIn)
    where T : class
{
    private ImmutableArray<T> _entries = Checked(kind, nameOf, [.. builtIn]);

    /// <summary>What an entry is.</summary>
    public string Kind => kind;

    /// <summary>What is listed from the start.</summary>
    public IReadOnlyList<T> BuiltIn => builtIn;

    /// <summary>Built-in entries first, then added ones in the order of adding.</summary>
    public IReadOnlyList<T> All => _entries;

    /// <summary>Names of all entries, in their order.</summary>
    public IEnumerable<string> Names => _entries.Select(nameOf);

    /// <summary>The entry of a name in any case, or null.</summary>
    public T? Find(string name) => Find(_entries, nameOf, name);

    /// <summary>The entry of a name in any case.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists what there is.</exception>
    public T Get(string name) => Find(name)
        ?? throw new ArgumentException($"'{name}' is no {kind}; allowed: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>Lists one more entry, for the rest of the process.</summary>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public void Add(T entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ImmutableInterlocked.Update(ref _entries, (entries, added) => Checked(kind, nameOf, entries.Add(added)), entry);
    }

    private static T? Find(ImmutableArray<T> entries, Func<T, string> nameOf, string name)
    {
        foreach (var entry in entries)
            if (nameOf(entry).Equals(name, StringComparison.OrdinalIgnoreCase))
                return entry;
        return null;
    }

    private static ImmutableArray<T> Checked(string kind, Func<T, string> nameOf, ImmutableArray<T> entries)
    {
        foreach (var name in entries.Select(nameOf))
        {
            if (name.Length == 0) throw new ArgumentException($"A {kind} needs a name.", nameof(entries));
            if (entries.Count(other => nameOf(other).Equals(name, StringComparison.OrdinalIgnoreCase)) > 1)
                throw new ArgumentException($"There are two of the {kind} '{name}'.", nameof(entries));
        }

        return entries;
    }
}

namespace ClusterTrain.Numerics.Catalogues;

/// <summary>
/// A technique with its options, as a run spec names it: a record whose properties with <see cref="OptionAttribute"/> are its
/// keys. A catalogue lists one instance of each, whose values are the defaults.
/// </summary>
public abstract record Technique
{
    /// <summary>The word for it in a spec: lower camel case.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, as a clause for the reference page.</summary>
    public abstract string Meaning { get; }

    /// <summary>What its options must satisfy beyond the range of each.</summary>
    public virtual IEnumerable<OptionCheck> Checks() => [];
}

/// <summary>A check of a technique's options.</summary>
/// <param name="Meaning">One sentence for the reference page, without its full stop.</param>
/// <param name="Problem">What is wrong with these options; null when they pass.</param>
public sealed record OptionCheck(string Meaning, OptionProblem? Problem);

/// <summary>What is wrong with an option.</summary>
/// <param name="Option">Its property.</param>
/// <param name="Message">What is given and what is allowed, on one line.</param>
/// <param name="IsWarning">Whether the run may start all the same.</param>
public sealed record OptionProblem(string Option, string Message, bool IsWarning = false);

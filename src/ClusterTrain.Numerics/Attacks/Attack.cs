using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>What an adversary does to rows before the network sees them; nothing, or a search of the ball around each.</summary>
public abstract record Attack : Technique
{
    /// <summary>The attacks that a spec can name.</summary>
    public static readonly Catalogue<Attack> Catalogue = new(
        "attack", attack => attack.Name,
        new NoAttack(),
        new FgsmAttack(),
        new PgdAttack(),
        new ApgdCeAttack(),
        new ApgdDlrAttack(),
        new ApgdTargetedAttack(),
        new FabTargetedAttack(),
        new SquareAttack());
}

/// <summary>Rows stay as they are.</summary>
public sealed record NoAttack : Attack
{
    public override string Name => "none";

    public override string Meaning => "rows stay as they are";
}

/// <summary>How an option stands in an attack that is written on one line, <c>pgd linf eps=0.1</c>.</summary>
/// <param name="name">Its name there.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LineOptionAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>Whether it is written only where it differs from its default, behind those that always are.</summary>
    public bool OnlyIfSet { get; init; }

    /// <summary>Word for true; empty where the option is no flag.</summary>
    public string WhenTrue { get; init; } = "";

    /// <summary>Word for false.</summary>
    public string WhenFalse { get; init; } = "";
}

using System.Text.RegularExpressions;
using ClusterTrain.Training.Specs.Rules;

namespace ClusterTrain.Training.Specs;

/// <summary>An attack that was read from one line, or everything that is wrong with it.</summary>
public sealed record AttackResult(AttackSpec? Attack, IReadOnlyList<SpecProblem> Problems);

/// <summary>
/// Attacks on one line, as in <c>summary.json</c> and after <c>--attack</c>:
/// <code>
/// attack = "none" | "fgsm" [norm] ["eps=" number]
///        | "pgd" [norm] { "eps=" number | "step=" number | "steps=" count | "restarts=" count | "start=" ("random" | "none") }
/// norm   = "linf" | "l2"
/// </code>
/// Words stand in this order, options in any. What is left out has the default of <see cref="AttackSpec"/>: PGD starts
/// at a random point of the ball unless <c>start=none</c> says otherwise.
/// </summary>
public static partial class AttackText
{
    private static readonly (string Option, string Property, bool PgdOnly)[] Options =
    [
        ("eps", nameof(AttackSpec.Epsilon), false),
        ("step", nameof(AttackSpec.StepSize), true),
        ("steps", nameof(AttackSpec.Steps), true),
        ("restarts", nameof(AttackSpec.Restarts), true),
        ("start", nameof(AttackSpec.RandomStart), true),
    ];

    private static readonly string[] Starts = ["random", "none"];

    /// <summary>
    /// The one line. What the method ignores is left out, so reading it back gives an equal attack when those keys have
    /// their defaults, and one that does the same in any case.
    /// </summary>
    public static string Print(AttackSpec attack) => attack.Method switch
    {
        AttackMethod.None => "none",
        AttackMethod.Fgsm => $"fgsm {SpecScalar.Write(attack.Norm)} eps={SpecScalar.Write(attack.Epsilon)}",
        _ => $"pgd {SpecScalar.Write(attack.Norm)} eps={SpecScalar.Write(attack.Epsilon)} step={SpecScalar.Write(attack.StepSize)}"
            + $" steps={SpecScalar.Write(attack.Steps)}"
            + (attack.Restarts == 1 ? "" : $" restarts={SpecScalar.Write(attack.Restarts)}")
            + (attack.RandomStart ? "" : " start=none"),
    };

    /// <summary>Reads one line; a problem's path is the option and its column the place in the line.</summary>
    public static AttackResult Parse(string text)
    {
        var problems = new List<SpecProblem>();
        var attack = new AttackSpec();
        var words = Word().Matches(text);
        if (words.Count == 0)
            Report(problems, text, 0, "method", $"is missing; allowed: {Names(typeof(AttackMethod))}");

        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i].Value;
            var at = words[i].Index;
            if (i == 0)
                attack = WithMethod(attack, word, text, at, problems);
            else if (attack.Method == AttackMethod.None)
                Report(problems, text, at, "method", $"none takes nothing after it; {SpecScalar.Quote(word)} is given");
            else if (i == 1 && !word.Contains('=', StringComparison.Ordinal))
                attack = With(attack, nameof(AttackSpec.Norm), word, "norm", text, at, problems);
            else
                attack = WithOption(attack, word, given, text, at, problems);
        }

        if (problems.Count == 0)
            problems.AddRange(AttackRules.Check(attack, "").Select(problem => Placed(problem, text, words)));
        return new(problems.Any(problem => problem.Severity == SpecSeverity.Error) ? null : attack, problems);
    }

    /// <summary>After a method that is not understood the rest is read as PGD's, which has every option.</summary>
    private static AttackSpec WithMethod(AttackSpec attack, string word, string text, int at, List<SpecProblem> problems)
    {
        var read = With(attack, nameof(AttackSpec.Method), word, "method", text, at, problems);
        return problems.Count == 0 ? read : attack with { Method = AttackMethod.Pgd };
    }

    private static AttackSpec WithOption(
        AttackSpec attack, string word, HashSet<string> given, string text, int at, List<SpecProblem> problems)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        var allowed = Options.Where(option => attack.Method == AttackMethod.Pgd || !option.PgdOnly).ToList();
        var option = allowed.FirstOrDefault(option => option.Option == name);
        if (option.Option is null)
        {
            var method = SpecSchema.NameOf(attack.Method);
            var hint = NearestName.Hint(name, [.. allowed.Select(known => known.Option)]);
            Report(problems, text, at, name, $"{method} has no option of this name{hint}");
        }
        else if (equals < 0)
        {
            Report(problems, text, at, name, $"wants a value, as in {name}=...");
        }
        else if (!given.Add(name))
        {
            Report(problems, text, at, name, "is given twice");
        }
        else if (name == "start")
        {
            return WithStart(attack, word[(equals + 1)..], text, at, problems);
        }
        else
        {
            return With(attack, option.Property, word[(equals + 1)..], name, text, at, problems);
        }

        return attack;
    }

    private static AttackSpec WithStart(AttackSpec attack, string value, string text, int at, List<SpecProblem> problems)
    {
        if (!Starts.Contains(value, StringComparer.OrdinalIgnoreCase))
            Report(problems, text, at, "start", $"wants one of {string.Join(", ", Starts)}; {SpecScalar.Quote(value)} is given");
        return attack with { RandomStart = !value.Equals("none", StringComparison.OrdinalIgnoreCase) };
    }

    /// <summary>The attack with one key read from text by the rules of that key in a spec.</summary>
    private static AttackSpec With(
        AttackSpec attack, string property, string value, string name, string text, int at, List<SpecProblem> problems)
    {
        var field = SpecSchema.FieldsOf(typeof(AttackSpec)).First(field => field.Property.Name == property);
        var reading = SpecScalar.Read(value, quoted: false, field.Type, field.Key);
        if (reading.Error is not null)
        {
            Report(problems, text, at, name, reading.Error);
            return attack;
        }

        var changed = attack with { };
        field.Property.SetValue(changed, reading.Value);
        return changed;
    }

    private static SpecProblem Placed(SpecProblem problem, string text, MatchCollection words)
    {
        var (name, _, _) = Options.First(option => SpecSchema.CamelCase(option.Property) == problem.Path);
        var word = words.FirstOrDefault(word => word.Value.StartsWith(name + "=", StringComparison.Ordinal));
        return (problem with { Path = name }).At(new(Source(text), null, (word?.Index ?? 0) + 1));
    }

    private static void Report(List<SpecProblem> problems, string text, int at, string path, string message) =>
        problems.Add(SpecProblem.Error(path, message).At(new(Source(text), null, at + 1)));

    private static string Source(string text) => "attack " + SpecScalar.Quote(text);

    private static string Names(Type type) => string.Join(", ", SpecSchema.NamesOf(type).Select(pair => pair.Name));

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();
}

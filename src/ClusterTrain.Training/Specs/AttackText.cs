using System.Text.RegularExpressions;
using ClusterTrain.Training.Specs.Rules;

namespace ClusterTrain.Training.Specs;

/// <summary>An attack that was read from one line, or everything that is wrong with it.</summary>
public sealed record AttackResult(AttackSpec? Attack, IReadOnlyList<SpecProblem> Problems);

/// <summary>
/// Attacks on one line, as in <c>summary.json</c> and after <c>--attack</c>:
/// <code>
/// attack = "none" | method [norm] { option "=" value }
/// method = "fgsm" | "pgd" | "apgd-ce" | "apgd-dlr" | "apgd-targeted" | "square"
/// norm   = "linf" | "l2"
/// option = "eps" | "step" | "steps" | "momentum" | "targets" | "queries" | "restarts" | "start"
/// </code>
/// Words stand in this order, options in any. What is left out has the default of <see cref="AttackSpec"/>, except that
/// Auto-PGD makes <see cref="ApgdSteps"/> steps: gradient attacks start at a random point of the ball unless
/// <c>start=none</c> says otherwise.
/// </summary>
public static partial class AttackText
{
    /// <summary>Steps of Auto-PGD that its authors evaluate with.</summary>
    public const int ApgdSteps = 100;

    private static readonly (AttackMethod Method, string Name)[] Methods =
    [
        (AttackMethod.None, "none"), (AttackMethod.Fgsm, "fgsm"), (AttackMethod.Pgd, "pgd"), (AttackMethod.ApgdCe, "apgd-ce"),
        (AttackMethod.ApgdDlr, "apgd-dlr"), (AttackMethod.ApgdTargeted, "apgd-targeted"), (AttackMethod.Square, "square"),
    ];

    private static readonly AttackMethod[] Apgd = [AttackMethod.ApgdCe, AttackMethod.ApgdDlr, AttackMethod.ApgdTargeted];

    private static readonly (string Option, string Property, AttackMethod[] Methods)[] Options =
    [
        ("eps", nameof(AttackSpec.Epsilon), [AttackMethod.Fgsm, AttackMethod.Pgd, .. Apgd, AttackMethod.Square]),
        ("step", nameof(AttackSpec.StepSize), [AttackMethod.Pgd]),
        ("steps", nameof(AttackSpec.Steps), [AttackMethod.Pgd, .. Apgd]),
        ("targets", nameof(AttackSpec.Targets), [AttackMethod.ApgdTargeted]),
        ("queries", nameof(AttackSpec.Queries), [AttackMethod.Square]),
        ("restarts", nameof(AttackSpec.Restarts), [AttackMethod.Pgd, .. Apgd, AttackMethod.Square]),
        ("start", nameof(AttackSpec.RandomStart), [AttackMethod.Pgd, .. Apgd]),
        ("momentum", nameof(AttackSpec.Momentum), [AttackMethod.Pgd]),
    ];

    private static readonly string[] Starts = ["random", "none"];

    /// <summary>The method's name on one line.</summary>
    public static string NameOf(AttackMethod method) => Methods.First(pair => pair.Method == method).Name;

    /// <summary>
    /// The one line. What the method ignores is left out, so reading it back gives an equal attack when those keys have
    /// their defaults, and one that does the same in any case.
    /// </summary>
    public static string Print(AttackSpec attack)
    {
        if (attack.Method == AttackMethod.None) return "none";
        var text = $"{NameOf(attack.Method)} {SpecScalar.Write(attack.Norm)} eps={SpecScalar.Write(attack.Epsilon)}";
        if (attack.Method == AttackMethod.Fgsm) return text;
        if (attack.Method == AttackMethod.Pgd) text += $" step={SpecScalar.Write(attack.StepSize)}";
        text += attack.Method == AttackMethod.Square
            ? $" queries={SpecScalar.Write(attack.Queries)}" : $" steps={SpecScalar.Write(attack.Steps)}";
        if (attack.Method == AttackMethod.ApgdTargeted) text += $" targets={SpecScalar.Write(attack.Targets)}";
        if (attack is { Method: AttackMethod.Pgd, Momentum: not 0 }) text += $" momentum={SpecScalar.Write(attack.Momentum)}";
        if (attack.Restarts != 1) text += $" restarts={SpecScalar.Write(attack.Restarts)}";
        return attack.RandomStart || attack.Method == AttackMethod.Square ? text : text + " start=none";
    }

    /// <summary>Reads one line; a problem's path is the option and its column the place in the line.</summary>
    public static AttackResult Parse(string text) => Read(text, new AttackSpec(), null);

    /// <summary>Reads "<paramref name="head"/> [norm] [eps=number]": the ball of something that is no single attack.</summary>
    /// <param name="text">The line.</param>
    /// <param name="head">Its first word.</param>
    /// <param name="ball">Gives norm and epsilon where the line does not.</param>
    internal static AttackResult ReadBall(string text, string head, AttackSpec ball) =>
        Read(text, ball with { Method = AttackMethod.Fgsm }, head);

    private static AttackResult Read(string text, AttackSpec attack, string? head)
    {
        var problems = new List<SpecProblem>();
        var words = Word().Matches(text);
        if (words.Count == 0)
            Report(problems, text, 0, "method", $"is missing; allowed: {Names}");

        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i].Value;
            var at = words[i].Index;
            if (i == 0)
                attack = head is null ? WithMethod(attack, word, text, at, problems) : attack;
            else if (attack.Method == AttackMethod.None)
                Report(problems, text, at, "method", $"none takes nothing after it; {SpecScalar.Quote(word)} is given");
            else if (i == 1 && !word.Contains('=', StringComparison.Ordinal))
                attack = With(attack, nameof(AttackSpec.Norm), word, "norm", text, at, problems);
            else
                attack = WithOption(attack, word, given, head, text, at, problems);
        }

        if (problems.Count == 0)
            problems.AddRange(AttackRules.Check(attack, "").Select(problem => Placed(problem, text, words)));
        return new(problems.Any(problem => problem.Severity == SpecSeverity.Error) ? null : attack, problems);
    }

    /// <summary>After a method that is not understood the rest is read as PGD's, with the options of all.</summary>
    private static AttackSpec WithMethod(AttackSpec attack, string word, string text, int at, List<SpecProblem> problems)
    {
        var given = Folded(word);
        foreach (var (method, name) in Methods)
            if (Folded(name) == given)
                return attack with { Method = method, Steps = Apgd.Contains(method) ? ApgdSteps : attack.Steps };
        var near = NearestName.Find(word, Methods.Select(pair => pair.Name));
        Report(
            problems, text, at, "method",
            $"wants one of {Names}; {SpecScalar.Quote(word)} is given" + (near is null ? "" : $"; did you mean '{near}'?"));
        return attack with { Method = AttackMethod.Pgd };
    }

    private static AttackSpec WithOption(
        AttackSpec attack, string word, HashSet<string> given, string? head, string text, int at, List<SpecProblem> problems)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        var isMethodKnown = problems.All(problem => problem.Path != "method");
        var allowed = Options.Where(option => !isMethodKnown || option.Methods.Contains(attack.Method)).ToList();
        var option = allowed.FirstOrDefault(option => option.Option == name);
        if (option.Option is null)
        {
            var method = head ?? NameOf(attack.Method);
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

    private static string Names => string.Join(", ", Methods.Select(pair => pair.Name));

    // apgd-ce and the spec's apgdCe are the same word.
    private static string Folded(string name) => name.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();
}

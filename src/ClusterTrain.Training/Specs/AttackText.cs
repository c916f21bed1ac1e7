using System.Reflection;
using System.Text.RegularExpressions;
using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Training.Specs;

/// <summary>An attack that was read from one line, or everything that is wrong with it.</summary>
public sealed record AttackResult(Attack? Attack, IReadOnlyList<SpecProblem> Problems);

/// <summary>
/// Attacks on one line, as in <c>summary.json</c> and after <c>--attack</c>:
/// <code>
/// attack = "none" | method [norm] { option "=" value }
/// method = "fgsm" | "pgd" | "apgd-ce" | ...
/// norm   = "linf" | "l2"
/// option = "eps" | "step" | "steps" | ...
/// </code>
/// Words stand in this order, options in any. Methods are those of the catalogue, with their options by the names of
/// <see cref="LineOptionAttribute"/>; what is left out has its default.
/// </summary>
public static partial class AttackText
{
    private const string Norm = nameof(BallAttack.Norm);

    /// <summary>The method's name on one line: <c>apgd-ce</c> for <c>apgdCe</c>.</summary>
    public static string NameOf(Attack attack) => Capital().Replace(attack.Name, "-$0").ToLowerInvariant();

    /// <summary>The one line. Options at their defaults may be left out, so reading it back gives an equal attack.</summary>
    public static string Print(Attack attack)
    {
        if (attack is not BallAttack ball) return NameOf(attack);
        var unset = Attack.Catalogue.Find(attack.Name);
        var options = LineOption.Of(attack);
        var always = options.Where(option => !option.IsOnlyIfSet);
        var ifSet = options.Where(option => option.IsOnlyIfSet && (unset is null || !option.Get(attack).Equals(option.Get(unset))));
        var words = always.Concat(ifSet).Select(option => $"{option.Name}={option.Write(option.Get(attack))}");
        return string.Join(' ', words.Prepend(SpecScalar.Write(ball.Norm)).Prepend(NameOf(attack)));
    }

    /// <summary>Reads one line; a problem's path is the option and its column the place in the line.</summary>
    public static AttackResult Parse(string text) => new Reading(text).Whole(null, null);

    /// <summary>Reads "<paramref name="head"/> [norm] [eps=number]": the ball of something that is no single attack.</summary>
    /// <param name="text">The line.</param>
    /// <param name="head">Its first word.</param>
    /// <param name="ball">Gives norm and epsilon where the line does not.</param>
    internal static AttackResult ReadBall(string text, string head, BallAttack ball) =>
        new Reading(text).Whole(head, new FgsmAttack { Norm = ball.Norm, Epsilon = ball.Epsilon });

    /// <summary>Names of an attack's options on one line.</summary>
    internal static IEnumerable<string> OptionsOf(Attack attack) => LineOption.Of(attack).Select(option => option.Name);

    // apgd-ce and the spec's apgdCe are the same word.
    private static string Folded(string name) => name.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    /// <summary>An option as it stands on one line.</summary>
    private sealed record LineOption(SpecField Field, LineOptionAttribute? Line)
    {
        public string Name => Line?.Name ?? Field.Name;

        public bool IsOnlyIfSet => Line?.OnlyIfSet ?? false;

        private bool IsFlag => Line is { WhenTrue.Length: > 0 };

        public static IReadOnlyList<LineOption> Of(Attack attack) =>
            [.. SpecSchema.FieldsOf(attack.GetType()).Where(field => field.Property.Name != Norm)
                .Select(field => new LineOption(field, field.Property.GetCustomAttribute<LineOptionAttribute>()))];

        public object Get(Attack attack) => Field.Property.GetValue(attack)!;

        public string Write(object value) => IsFlag ? ((bool)value ? Line!.WhenTrue : Line!.WhenFalse) : SpecScalar.Write(value);

        public ScalarReading Read(string text)
        {
            if (!IsFlag) return SpecScalar.Read(text, quoted: false, Field.Type, Field.Key);
            if (text.Equals(Line!.WhenTrue, StringComparison.OrdinalIgnoreCase)) return new(true, null, null);
            return text.Equals(Line.WhenFalse, StringComparison.OrdinalIgnoreCase)
                ? new(false, null, null)
                : new(null, $"wants one of {Line.WhenTrue}, {Line.WhenFalse}; {SpecScalar.Quote(text)} is given", null);
        }
    }

    /// <summary>The state of reading one line.</summary>
    private sealed class Reading(string text)
    {
        private readonly List<SpecProblem> _problems = [];
        private readonly HashSet<string> _given = new(StringComparer.Ordinal);
        private readonly MatchCollection _words = Word().Matches(text);

        private static string Names => string.Join(", ", Attack.Catalogue.All.Select(NameOf));

        /// <param name="head">Name of what is read, when the first word names no method.</param>
        /// <param name="attack">What the line changes then.</param>
        public AttackResult Whole(string? head, Attack? attack)
        {
            if (_words.Count == 0) Report(0, "method", $"is missing; allowed: {Names}");
            var method = attack;
            for (var i = 0; i < _words.Count; i++)
            {
                var (word, at) = (_words[i].Value, _words[i].Index);
                if (i == 0)
                    attack = method ??= Method(word, at);
                else if (attack is NoAttack)
                    Report(at, "method", $"none takes nothing after it; {SpecScalar.Quote(word)} is given");
                else if (i == 1 && !word.Contains('=', StringComparison.Ordinal))
                    attack = With(attack, new LineOption(FieldOfNorm(), new LineOptionAttribute("norm")), word, at);
                else
                    attack = WithOption(attack, head ?? (method is null ? null : NameOf(method)), word, at);
            }

            if (_problems.Count == 0 && attack is not null)
                _problems.AddRange(SpecProblem.Of(attack, "").Select(problem => Placed(problem, attack)));
            var usable = _problems.All(problem => problem.Severity != SpecSeverity.Error);
            return new(usable ? attack : null, _problems);
        }

        private static SpecField FieldOfNorm() => SpecSchema.FieldsOf(typeof(PgdAttack)).First(field => field.Property.Name == Norm);

        private Attack? Method(string word, int at)
        {
            if (Attack.Catalogue.All.FirstOrDefault(entry => Folded(entry.Name) == Folded(word)) is { } found) return found;
            var near = NearestName.Find(word, Attack.Catalogue.All.Select(NameOf));
            Report(
                at, "method",
                $"wants one of {Names}; {SpecScalar.Quote(word)} is given" + (near is null ? "" : $"; did you mean '{near}'?"));
            return null;
        }

        /// <summary>After a method that is not understood, options of all are checked.</summary>
        private Attack? WithOption(Attack? attack, string? method, string word, int at)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            List<LineOption> allowed = [.. attack is null ? Attack.Catalogue.All.SelectMany(LineOption.Of).DistinctBy(option => option.Name)
                : LineOption.Of(attack)];
            if (allowed.Find(option => option.Name == name) is not { } option)
            {
                var hint = NearestName.Hint(name, [.. allowed.Select(known => known.Name)]);
                Report(at, name, $"{method ?? "an attack"} has no option of this name{hint}");
            }
            else if (equals < 0)
            {
                Report(at, name, $"wants a value, as in {name}=...");
            }
            else if (!_given.Add(name))
            {
                Report(at, name, "is given twice");
            }
            else
            {
                return With(attack, option, word[(equals + 1)..], at);
            }

            return attack;
        }

        /// <summary>The attack with one option read by the rules of its key in a spec.</summary>
        private Attack? With(Attack? attack, LineOption option, string value, int at)
        {
            var reading = option.Read(value);
            if (reading.Error is { } error) Report(at, option.Name, error);
            if (reading.Error is not null || attack is null) return attack;
            var changed = attack with { };
            option.Field.Property.SetValue(changed, reading.Value);
            return changed;
        }

        private SpecProblem Placed(SpecProblem problem, Attack attack)
        {
            var name = LineOption.Of(attack).FirstOrDefault(option => option.Field.Name == problem.Path)?.Name ?? problem.Path;
            var word = _words.FirstOrDefault(word => word.Value.StartsWith(name + "=", StringComparison.Ordinal));
            return (problem with { Path = name }).At(new(Source, null, (word?.Index ?? 0) + 1));
        }

        private void Report(int at, string path, string message) =>
            _problems.Add(SpecProblem.Error(path, message).At(new(Source, null, at + 1)));

        private string Source => "attack " + SpecScalar.Quote(text);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs;

/// <summary>A single value as written, read for a key.</summary>
/// <param name="Value">Null when the text is not of the type wanted.</param>
/// <param name="Error">What was given and what is allowed; set for a wrong type and for a number out of range.</param>
/// <param name="Warning">Set for a number outside the usual range.</param>
internal readonly record struct ScalarReading(object? Value, string? Error, string? Warning);

/// <summary>Reads and writes single values, strictly: numbers and booleans of the YAML 1.2 core schema, no conversions.</summary>
internal static partial class SpecScalar
{
    /// <param name="text">The value without quotes.</param>
    /// <param name="quoted">Whether it stood in quotes, which makes it text and nothing else.</param>
    public static ScalarReading Read(string text, bool quoted, Type type, OptionAttribute key)
    {
        if (type == typeof(string))
            return IsNull(text, quoted) ? Wrong(text, quoted, type, key) : new(text, null, null);
        if (type.IsEnum)
        {
            var match = SpecSchema.NamesOf(type)
                .FirstOrDefault(pair => pair.Name.Equals(text, StringComparison.OrdinalIgnoreCase)).Value;
            return match is null ? Wrong(text, quoted, type, key) : new(match, null, null);
        }

        if (quoted)
            return Wrong(text, quoted, type, key);
        if (type == typeof(Padding))
            return text.Equals(Padding.Word, StringComparison.OrdinalIgnoreCase) ? new(Padding.Same, null, null) : OfNumber(text, key);
        if (type == typeof(bool))
            return text is "true" or "false" ? new(text == "true", null, null) : Wrong(text, quoted, type, key);
        if (type == typeof(double) && Number().IsMatch(text))
            return Ranged(NumberOf(text), text, type, key);
        if (type == typeof(double) && Fraction().Match(text) is { Success: true } parts)
            return Ranged(Quotient(parts), text, type, key);
        if (type == typeof(int) && Whole().IsMatch(text))
            return Ranged(IntOf(text), text, type, key);
        if (type == typeof(long) && Whole().IsMatch(text))
            return Ranged(LongOf(text, key), text, type, key);
        return Wrong(text, quoted, type, key);
    }

    /// <summary>YAML that reads back as the same value.</summary>
    public static string Write(object value) => value switch
    {
        Technique technique => technique.Name,
        Enum name => SpecSchema.NameOf(name),
        Padding padding => padding.ToString(),
        bool flag => flag ? "true" : "false",
        double number => WriteNumber(number),
        string text => WriteText(text),
        IReadOnlyList<int> numbers => $"[{string.Join(", ", numbers.Select(number => Write(number)))}]",
        IFormattable whole => whole.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"A spec cannot hold a {value.GetType().Name}."),
    };

    /// <summary>What a value must be: the type, or the list of names.</summary>
    public static string Wanted(Type type) =>
        type.IsEnum ? "one of " + string.Join(", ", SpecSchema.NamesOf(type).Select(pair => pair.Name))
        : type == typeof(bool) ? "true or false"
        : type == typeof(Padding) ? $"a whole number or {Padding.Word}"
        : type == typeof(double) ? "a number"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(string) ? "text"
        : type == typeof(IReadOnlyList<int>) ? "a list of whole numbers such as [0, 2]"
        : throw new NotSupportedException($"A spec cannot hold a {type.Name}.");

    /// <summary>Two values, as a list would hold them.</summary>
    public static string Example(Type type) =>
        type.IsEnum ? string.Join(", ", SpecSchema.NamesOf(type).Take(2).Select(pair => pair.Name)) : "1, 2";

    /// <summary>The allowed range with its unit, or an empty text: <c>1 to 100000 epochs</c>, <c>above 0, up to 1</c>.</summary>
    public static string Range(OptionAttribute key)
    {
        var unit = key.Unit.Length == 0 ? "" : " " + key.Unit;
        return (double.IsFinite(key.Min), double.IsFinite(key.Max), key.AboveMin) switch
        {
            (false, false, _) => "",
            (true, false, false) => $"{WriteNumber(key.Min)} or more{unit}",
            (true, false, true) => $"above {WriteNumber(key.Min)}{unit}",
            (false, true, _) => $"up to {WriteNumber(key.Max)}{unit}",
            (true, true, false) => $"{WriteNumber(key.Min)} to {WriteNumber(key.Max)}{unit}",
            (true, true, true) => $"above {WriteNumber(key.Min)}, up to {WriteNumber(key.Max)}{unit}",
        };
    }

    /// <summary>The usual range, or an empty text.</summary>
    public static string UsualRange(OptionAttribute key) =>
        Range(new OptionAttribute("")
        {
            Min = double.IsFinite(key.UsualMin) || !double.IsFinite(key.UsualMax) ? key.UsualMin : key.Min,
            Max = double.IsFinite(key.UsualMax) || !double.IsFinite(key.UsualMin) ? key.UsualMax : key.Max,
        });

    public static bool IsNull(string text, bool quoted) => !quoted && text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>A piece of the user's text for a message: one line, not too long.</summary>
    public static string Quote(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return "'" + (line.Length > 60 ? line[..57] + "..." : line) + "'";
    }

    private static ScalarReading OfNumber(string text, OptionAttribute key)
    {
        if (!Whole().IsMatch(text)) return Wrong(text, quoted: false, typeof(Padding), key);
        var reading = Ranged(IntOf(text), text, typeof(int), key);
        return reading with { Value = reading.Value is int number ? (Padding)number : null };
    }

    private static ScalarReading Ranged(object? value, string text, Type type, OptionAttribute key)
    {
        var number = Convert.ToDouble(value ?? double.NaN, CultureInfo.InvariantCulture);
        var inside = number >= key.Min && number <= key.Max && !(key.AboveMin && number <= key.Min);
        if (!inside)
            return new(null, $"{Quote(text)} is out of range; allowed: {AllowedNumbers(type, key)}", null);
        var usual = number >= key.UsualMin && number <= key.UsualMax;
        return new(value, null, usual ? null : $"{text} is unusual; usual: {UsualRange(key)}");
    }

    /// <summary>NaN when it is beyond the largest double. Minus zero becomes zero: equal specs have equal bytes.</summary>
    private static double NumberOf(string text)
    {
        var number = double.Parse(text, CultureInfo.InvariantCulture);
        return !double.IsFinite(number) ? double.NaN : number == 0 ? 0.0 : number;
    }

    /// <summary>8/255, as the field writes lengths of pixels: the nearest double to the quotient.</summary>
    private static double Quotient(Match parts)
    {
        var quotient = NumberOf(parts.Groups[1].Value) / NumberOf(parts.Groups[2].Value);
        return double.IsFinite(quotient) ? quotient : double.NaN;
    }

    private static int? IntOf(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;

    /// <summary>Null when it does not fit, also when it is above the limit by less than a double can tell.</summary>
    private static long? LongOf(string text, OptionAttribute key) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
        && (double.IsInfinity(key.Max) || whole <= (Int128)key.Max)
            ? whole
            : null;

    private static ScalarReading Wrong(string text, bool quoted, Type type, OptionAttribute key)
    {
        var given = IsNull(text, quoted) ? "no value is given" : $"{(quoted ? "the text " : "")}{Quote(text)} is given";
        if (type.IsEnum)
        {
            var names = SpecSchema.NamesOf(type).Select(pair => pair.Name).ToList();
            var near = NearestName.Find(text, names) is { } name ? $"; did you mean '{name}'?" : "";
            return new(null, $"wants {Wanted(type)}; {given}{near}", null);
        }

        var range = Range(key);
        var wanted = Wanted(type) + (range.Length == 0 ? "" : $" ({range})");
        return new(null, $"wants {wanted}; {given}{Advice(text, quoted, type)}", null);
    }

    private static string Advice(string text, bool quoted, Type type)
    {
        if (quoted && (type == typeof(bool) ? text is "true" or "false" : Number().IsMatch(text)))
            return ": leave out the quotes";
        var joined = text.Replace("_", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        return type != typeof(bool) && joined != text && Number().IsMatch(joined) ? $": write {joined}" : "";
    }

    private static string AllowedNumbers(Type type, OptionAttribute key) =>
        Range(key) is { Length: > 0 } range ? range
        : type == typeof(double) ? "finite numbers"
        : type == typeof(int) ? $"{int.MinValue} to {int.MaxValue}"
        : $"{long.MinValue} to {long.MaxValue}";

    /// <summary>Shortest text that reads back as the same double; readers of YAML 1.1 want a point before the exponent.</summary>
    private static string WriteNumber(double number)
    {
        if (Math.Abs(number) < 1e16 && number == Math.Truncate(number))
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = text.IndexOf('E', StringComparison.Ordinal);
        if (exponent < 0)
            return text;
        var mantissa = text[..exponent];
        return (mantissa.Contains('.', StringComparison.Ordinal) ? mantissa : mantissa + ".0") + "e" + text[(exponent + 1)..];
    }

    private static string WriteText(string text) =>
        PlainText().IsMatch(text) && !OtherMeaning().IsMatch(text)
            ? text
            : "\"" + string.Concat(text.Select(letter => letter switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                >= ' ' and <= '~' => letter.ToString(),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}"),
            })) + "\"";

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A([0-9]+(?:\.[0-9]+)?)/([0-9]+(?:\.[0-9]+)?)\z")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"\A[-+]?[0-9]+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]*\z")]
    private static partial Regex PlainText();

    // Plain words that some reader of YAML takes for a boolean or for nothing.
    [GeneratedRegex(@"\A(null|true|false|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase)]
    private static partial Regex OtherMeaning();
}

using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Configuration;

/// <summary>
/// Whether a text is HOCON as node files need it: objects, arrays, strings, plain words, comments and substitutions. It is read
/// before Akka's own parser, which takes some unclosed texts as whole and looks for the end of others without end.
/// </summary>
internal ref struct HoconText
{
    /// <summary>Characters of a node's file.</summary>
    public const int MostCharacters = 262_144;

    /// <summary>Objects and arrays in one another.</summary>
    public const int MostDepth = 32;

    private const string TripleQuote = "\"\"\"";
    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private HoconText(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Returns the text when it is well formed.</summary>
    /// <exception cref="NodeSettingsException">With the place of the first thing that is wrong, and what may stand there.</exception>
    public static string Checked(string path, string text)
    {
        if (text.Length > MostCharacters)
            throw new NodeSettingsException([$"{path}: has {text.Length:N0} characters; allowed: up to {MostCharacters:N0}"]);
        var reader = new HoconText(text);
        try
        {
            reader.Root();
            return text;
        }
        catch (FormatException wrong)
        {
            throw new NodeSettingsException([$"{path}: {reader.Place()}: {wrong.Message}"]);
        }
    }

    private readonly char Here => _at < _text.Length ? _text[_at] : '\0';

    private readonly string Shown => _at >= _text.Length ? "the end of the file" : char.IsControl(Here) ? $"character {(int)Here}" : $"'{Here}'";

    private readonly string Place()
    {
        var before = _text[..Math.Min(_at, _text.Length)];
        return $"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}";
    }

    private void Root()
    {
        Gap();
        if (Here == '{')
        {
            Enclosed('}', member: true);
            Gap();
        }
        else
        {
            while (_at < _text.Length) Member();
        }

        if (_at < _text.Length) throw Wrong("nothing behind the closing '}'");
    }

    // { key = value, ... } or [ value, ... ], from its opening on.
    private void Enclosed(char closing, bool member)
    {
        var (opening, line) = (Here, _text[.._at].Count('\n') + 1);
        if (++_depth > MostDepth) throw new FormatException($"more than {MostDepth} objects and arrays are in one another");
        _at++;
        Gap();
        while (Here != closing || _at >= _text.Length)
        {
            if (_at >= _text.Length) throw new FormatException($"'{opening}' of line {line} is not closed: '{closing}' is missing");
            if (member) Member();
            else Element();
        }

        _at++;
        _depth--;
    }

    private void Member()
    {
        Key();
        Blanks();
        if (Here == '{')
        {
            Value();
        }
        else
        {
            if (Here == '+' && Next(1) == '=') _at++;
            if (Here is not ('=' or ':')) throw Wrong("'=', ':' or '{' behind a key");
            _at++;
            Gap(commas: false);
            Value();
        }

        Separated();
    }

    private void Element()
    {
        Value();
        Separated();
    }

    // Members and elements end with a comma, a new line, a comment, or what closes them.
    private void Separated()
    {
        Blanks();
        if (!IsEnd(Here) && !IsComment()) throw Wrong("a comma or a new line");
        Gap();
    }

    private void Key()
    {
        var first = _at;
        while (true)
        {
            if (Here == '"') Quoted();
            else if (char.IsAsciiLetterOrDigit(Here) || Here is '_' or '-' or '.' or '/' or '$') _at++;
            else break;
        }

        if (_at == first) throw Wrong("a key");
    }

    // Pieces up to the end of the line, of the list or of the object.
    private void Value()
    {
        var first = _at;
        while (!IsEnd(Here) && !IsComment())
        {
            switch (Here)
            {
                case '{': Enclosed('}', member: true); break;
                case '[': Enclosed(']', member: false); break;
                case '"': Quoted(); break;
                case '$': Substitution(); break;
                case '=' or '+' or '\\' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or ':': throw Wrong("a value, in quotes where it has such characters");
                case var other when char.IsControl(other) && other != '\t': throw Wrong("a value");
                default: _at++; break;
            }
        }

        if (_at == first) throw Wrong("a value");
    }

    private void Quoted()
    {
        var line = _text[.._at].Count('\n') + 1;
        if (_text[_at..].StartsWith(TripleQuote, StringComparison.Ordinal))
        {
            var length = _text[(_at + TripleQuote.Length)..].IndexOf(TripleQuote, StringComparison.Ordinal);
            if (length < 0) throw new FormatException($"{TripleQuote} of line {line} is not closed");
            _at += length + (2 * TripleQuote.Length);
            return;
        }

        for (_at++; Here != '"'; _at++)
        {
            if (_at >= _text.Length || Here is '\n' or '\r') throw new FormatException($"a string of line {line} is not closed: '\"' is missing");
            if (Here != '\\') continue;
            _at++;
            if (Here is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't') continue;
            if (Here != 'u') throw Wrong("one of \" \\ / b f n r t u behind '\\'");
            for (var digit = 1; digit <= 4; digit++)
                if (!char.IsAsciiHexDigit(Next(digit))) throw new FormatException("four hexadecimal digits are wanted behind \\u");
            _at += 4;
        }

        _at++;
    }

    private void Substitution()
    {
        _at++;
        if (Here != '{') throw Wrong("'{' behind '$'");
        _at++;
        if (Here == '?') _at++;
        Key();
        if (Here != '}') throw Wrong("'}' behind a substitution's path");
        _at++;
    }

    private readonly char Next(int distance) => _at + distance < _text.Length ? _text[_at + distance] : '\0';

    private readonly bool IsEnd(char here) => here is '}' or ']' or ',' or '\n' or '\r' || _at >= _text.Length;

    private readonly bool IsComment() => Here == '#' || (Here == '/' && Next(1) == '/');

    private void Blanks()
    {
        while (Here is ' ' or '\t') _at++;
    }

    private void Gap(bool commas = true)
    {
        while (true)
        {
            if (Here is ' ' or '\t' or '\r' or '\n' || (commas && Here == ',')) _at++;
            else if (IsComment()) _at += _text[_at..].IndexOf('\n') is >= 0 and var end ? end : _text.Length - _at;
            else return;
        }
    }

    private readonly FormatException Wrong(string allowed) => new($"{Shown} is not allowed here; allowed: {allowed}");
}

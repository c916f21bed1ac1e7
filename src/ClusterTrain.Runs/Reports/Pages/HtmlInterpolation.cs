using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Runs.Reports.Pages;

/// <summary>What the compiler makes of <c>Html.Of($"...")</c>: literals stand as written, values by their type.</summary>
[InterpolatedStringHandler]
[EditorBrowsable(EditorBrowsableState.Never)]
internal readonly ref struct HtmlInterpolation(int literalLength, int formattedCount)
{
    private const int GuessPerValue = 16;
    private readonly StringBuilder _text = new(literalLength + (formattedCount * GuessPerValue));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(text));

    public void AppendFormatted(Html markup) => _text.Append(markup.Text);

    public void AppendFormatted(IEnumerable<Html> markups)
    {
        foreach (var markup in markups) _text.Append(markup.Text);
    }

    public void AppendFormatted(long number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>A coordinate, to a hundredth: people read numbers from <see cref="Figures"/> instead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite: charts must leave such points out.</exception>
    public void AppendFormatted(double coordinate)
    {
        if (!double.IsFinite(coordinate))
            throw new ArgumentOutOfRangeException(nameof(coordinate), coordinate, "A coordinate must be finite.");
        var rounded = Math.Round(coordinate, 2);
        _text.Append(CultureInfo.InvariantCulture, $"{(rounded == 0 ? 0 : rounded):0.##}"); // never "-0"
    }

    internal string Finish() => _text.ToString();
}

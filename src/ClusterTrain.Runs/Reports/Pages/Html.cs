namespace ClusterTrain.Runs.Reports.Pages;

/// <summary>
/// Markup that may stand in a page as it is. Made from an interpolated string whose texts are escaped and whose markup is
/// not, so that forgetting to escape is not possible.
/// </summary>
/// <param name="Text">Well-formed as XML, so that tests can parse any page whole.</param>
internal readonly record struct Html(string Text)
{
    public static readonly Html None = new("");

    public static Html Of(HtmlInterpolation markup) => new(markup.Finish());

    public override string ToString() => Text;
}

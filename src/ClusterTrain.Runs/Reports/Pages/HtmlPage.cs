namespace ClusterTrain.Runs.Reports.Pages;

/// <summary>The frame of a page that stands alone: its style inside, and a policy under which it cannot load anything.</summary>
internal static class HtmlPage
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    /// <summary>The whole page: HTML that is well-formed XML too.</summary>
    /// <param name="style">Style beside that of all pages.</param>
    public static string Of(string title, Html body, string style = "") => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta http-equiv="Content-Security-Policy" content="{Policy}"/>
        <title>{title}</title>
        <style>
        {new Html(PageStyle.Css)}{new Html(style)}</style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """).Text;
}

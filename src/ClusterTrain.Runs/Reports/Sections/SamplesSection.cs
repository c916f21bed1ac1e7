using System.Globalization;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>Adversarial examples as pictures.</summary>
internal static class SamplesSection
{
    public static Html Of(ReportData data) => data.Gallery is not { } gallery ? Html.None : Html.Of($"""
        <section><h2>Adversarial examples</h2>
        {Content(gallery, data.Data)}
        </section>
        """);

    private static Html Content(SampleGallery gallery, DataFacts data)
    {
        if (gallery.Samples.Count == 0)
            return Html.Of($"""<p class="soft">The network classifies no test row right, so there is nothing to attack.</p>""");
        var factor = RowPicture.Factor(gallery.Samples);
        var fooled = gallery.Samples.Count(sample => sample.IsFooled);
        return Html.Of($"""
            <p>The first {Figures.Plural(gallery.Samples.Count, "test row")} that the network classifies right, after {Figures.Plural(gallery.Version, "step")}, and what <code>{gallery.Attack}</code> ({Origin(gallery.Origin)}) makes of them. It fools the network on <strong>{Figures.Count(fooled)} of {Figures.Count(gallery.Samples.Count)}</strong>.</p>
            <p class="soft">Left the row, right its adversarial version, each with the class the network sees and its confidence. In the middle the change, amplified {Amplification(factor)} times{Legend(gallery.Shape)}</p>
            <ul class="samples">
            {gallery.Samples.Select(sample => Sample(gallery.Shape, data, sample, factor))}</ul>
            """);
    }

    private static string Origin(AttackOrigin origin) => origin switch
    {
        AttackOrigin.Test => "the spec's test attack",
        AttackOrigin.Training => "the spec's training attack, as it names none for the test",
        _ => "this report's own attack: the spec names none for training or test",
    };

    private static string Legend(ImageShape shape) => shape.Channels == 1
        ? ": blue became darker, orange brighter." : ": each channel's change, grey where there is none.";

    private static Html Sample(ImageShape shape, DataFacts data, AdversarialSample sample, double factor)
    {
        var (clean, adversarial) = (sample.CleanPrediction, sample.AdversarialPrediction);
        var verdict = sample.IsFooled
            ? Html.Of($"""<strong class="bad">fooled into {data.Called(adversarial.Class)}</strong>""") : Html.Of($"""<strong class="good">holds</strong>""");
        return Html.Of($"""
            <li><p>Test row {sample.Row}, {data.Called(sample.Label)}: {verdict}</p><div class="triple">
            {Picture(shape, RowPicture.Of(shape, sample.Clean.Span), $"test row {sample.Row}, {data.Called(sample.Label)}", Seen(data, clean))}
            {Picture(shape, RowPicture.OfChange(shape, sample.Clean.Span, sample.Adversarial.Span, factor), "the attack's change to it, amplified", $"change\u00a0×\u00a0{Amplification(factor)}")}
            {Picture(shape, RowPicture.Of(shape, sample.Adversarial.Span), "the attacked row", Seen(data, adversarial))}
            </div></li>

            """);
    }

    private static string Seen(DataFacts data, Prediction prediction) => $"{data.Called(prediction.Class)}, {Figures.Percent(prediction.Confidence)}";

    private static Html Picture(ImageShape shape, byte[] png, string alt, string caption) => Html.Of($"""
        <figure><img src="{PngImage.DataUri(png)}" width="{shape.Width}" height="{shape.Height}" alt="{alt}"/><figcaption>{caption}</figcaption></figure>
        """);

    private static string Amplification(double factor) => factor.ToString("#,0.####", CultureInfo.InvariantCulture);
}

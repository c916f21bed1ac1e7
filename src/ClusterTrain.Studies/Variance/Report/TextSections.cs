using System.Globalization;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>What is said in words: the question, the answer, the method, the way to do it again.</summary>
internal static class TextSections
{
    public static Html Asked(VarianceResult result) => Html.Of($"""
        <section id="asked"><h2>What was asked</h2>
        <p>The mean of k predictors with errors of mean square V and mean product C has the squared error</p>
        <p class="formula">MSE<sub>ens</sub> = V/k + (k − 1)/k · C</p>
        <p>so averaging takes away V − C and leaves C. Dropout is often called an ensemble of sub-networks. Is it one in this sense: do its members share less error, does averaging them take more away, and for what work? The error of a member on a test row is its class probabilities minus the one-hot label; the squared error is the Brier score, from 0 to 2.</p>
        <ul class="plain">{result.Arms.Select(arm => Html.Of($"""<li><b>{arm.Id}</b> ({arm.Title}): {arm.Meaning}</li>"""))}</ul></section>
        """);

    public static Html Found(VarianceResult result) => Html.Of($"""
        <section id="verdict"><h2>What was found</h2>
        {Baseline(result)}
        {Conclusions.Of(result).Select(sentence => Html.Of($"""<p class="verdict">{sentence}</p>"""))}
        {Changes(result)}
        <h3>Arm by arm, with sign, size and interval</h3>
        <ul class="plain">{result.Arms.Where(arm => arm.Change is not null).Select(arm => Html.Of($"""<li><b>{arm.Id}</b> ({arm.Title}) against a: {arm.Change!.Words}</li>"""))}</ul>
        {Beside(result)}</section>
        """);

    public static Html Method(VarianceResult result)
    {
        var residual = result.Arms.Select(arm => arm.IdentityResidual ?? 0).Max();
        return Html.Of($"""
            <section id="method"><h2>How it was measured</h2>
            <ul class="plain">
            <li><b>Identity.</b> With raw moments the mean squared error over all ensembles of k members of one pool equals the formula exactly, whatever the bias. The largest gap here, over every size of which all ensembles were formed: {residual.ToString("0.0e0", CultureInfo.InvariantCulture)}.</li>
            <li><b>Evidence.</b> The formula could fail only on other members: hence the two pools above.</li>
            <li><b>Shared error is not correlation.</b> Networks on one training set with independent seeds have independent errors around their common mean, so C is the square of that common error. It cannot come near zero while the networks get the same rows wrong, and ρ = C/V says which share of the error averaging leaves.</li>
            <li><b>Three shares.</b> With several disjoint training sets, V − C is the variance from seeds, C minus the mean product across sets the variance from the draw of the training set, and the product across sets squared bias and noise. All are unbiased U-statistics; one of them may come out below zero.</li>
            <li><b>Intervals.</b> Over test rows: {Figures.Count(result.BootstrapDraws)} draws of the bootstrap, the same for every arm, so that differences are paired. Over models: the jackknife, leaving out one model at a time, since pairs share models and are not independent. Over both: the sum of the two variances less what both hold. In the arms d and e the models are masks of one network a training set: their intervals say nothing of other networks. The training sets' spread stands as it is, in the tables.</li>
            <li><b>Where the formula does not apply.</b> Accuracy, negative log-likelihood and calibration error (15 bins) are measured by forming the ensembles.</li>
            <li><b>Work.</b> Operations of the products alone, expected over masks: a thinned network costs less.</li>
            </ul></section>
            """);
    }

    public static Html Reproduce(StudySpec study, VarianceResult result) => Html.Of($"""
        <section id="reproduce"><h2>Do it again</h2>
        <p>Every number on this page but the times is a function of study and data: any number of workers, any engine and any interruption give the same bits. With this study's <code>study.yaml</code>:</p>
        <pre tabindex="0">clustertrain variance study.yaml --out again{(result.Data == Training.Data.Drawing.Glyphs.Name ? "" : " --data DATA")}</pre>
        <dl class="facts"><dt>Study</dt><dd><code class="hash">{result.SpecHash}</code></dd>
        {result.DataHashes.Select((hash, set) => Html.Of($"""<dt>Data, set {set + 1}</dt><dd><code class="hash">{hash}</code></dd>"""))}
        <dt>Math</dt><dd>{result.Math}</dd></dl>
        <details><summary>study.yaml, every default filled in</summary><pre tabindex="0">{study.Text}</pre></details></section>
        """);

    /// <summary>What is in no chart: who is left out, who has no estimate.</summary>
    private static Html Beside(VarianceResult result)
    {
        var charted = result.Arms.SelectMany(arm => arm.HeldOut.Select(point => Verdict.HeldOut(point, result.Confidence)))
            .Concat(result.Arms.Where(arm => arm.Change is not null).Select(arm => arm.Change!.Words)).ToList();
        var others = result.Verdict.Where(sentence => !charted.Any(known => sentence.EndsWith(known, StringComparison.Ordinal))).ToList();
        return others.Count == 0 ? Html.None : Html.Of($"""
            <h3>Beside that</h3><ul class="plain">{others.Select(sentence => Html.Of($"<li>{sentence}</li>"))}</ul>
            """);
    }

    private static Html Changes(VarianceResult result) => result.Arms.All(arm => arm.Change is null) ? Html.None : Html.Of($"""
        <div class="many"><figure>{ChangeChart.Of(result.Arms, change => change.C, "C")}</figure><figure>{ChangeChart.Of(result.Arms, change => change.Rho, "ρ")}</figure><figure>{ChangeChart.Of(result.Arms, change => change.V, "V")}</figure></div>
        """);

    private static Html Baseline(VarianceResult result)
    {
        if (result.Baseline.Moments is not { } moments) return Html.Of($"<p class=\"verdict\">The plain networks gave no estimate: {result.Baseline.Problem}.</p>");
        return Html.Of($"""
            <p class="verdict"><b>a</b> ({result.Baseline.Title}): of the squared error {Verdict.Plain(moments.V.Value)} of one network, {Verdict.Plain(moments.C.Value)} is shared ({Verdict.Plain(moments.C.Total.Low)} to {Verdict.Plain(moments.C.Total.High)}), and stays however many are averaged; averaging can take away {Verdict.Plain(moments.Optimization.Value)}.</p>
            """);
    }
}

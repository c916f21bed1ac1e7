using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

public enum SpecSeverity
{
    /// <summary>The run cannot start.</summary>
    Error,

    /// <summary>The run can start; the setting is unusual or known to disappoint.</summary>
    Warning,
}

/// <summary>One thing wrong with a spec.</summary>
/// <param name="Path">Key in dotted form, <c>network.layers[2].rate</c>; empty for the text as a whole.</param>
/// <param name="Message">What was given and what is allowed, on one line.</param>
/// <param name="Line">Line in <see cref="Source"/>, from 1; null for what has no line, such as a <c>--set</c>.</param>
/// <param name="Column">Column in that line, from 1.</param>
/// <param name="Severity">Whether the run may start all the same.</param>
public sealed record SpecProblem(string Path, string Message, int? Line, int? Column, SpecSeverity Severity)
{
    /// <summary>File name, or the <c>--set</c> as typed; empty when the spec did not come from text.</summary>
    public string Source { get; init; } = "";

    public static SpecProblem Error(string path, string message) => new(path, message, null, null, SpecSeverity.Error);

    public static SpecProblem Warning(string path, string message) => new(path, message, null, null, SpecSeverity.Warning);

    /// <summary>Problems of one technique; paths are its keys below <paramref name="path"/>.</summary>
    internal static IEnumerable<SpecProblem> Of(Technique technique, string path) => technique.Checks()
        .Select(check => check.Problem).OfType<OptionProblem>()
        .Select(problem =>
        {
            var key = SpecPath.Child(path, SpecSchema.CamelCase(problem.Option));
            return problem.IsWarning ? Warning(key, problem.Message) : Error(key, problem.Message);
        });

    /// <summary><c>quickstart.yaml:12:5: error: batch.shards: 6 shards do not divide ...</c></summary>
    public override string ToString() => Joined(Severity == SpecSeverity.Error ? "error" : "warning");

    /// <summary>The same without a word for the severity, for who says it otherwise.</summary>
    public string Plain() => Joined("");

    private string Joined(string severity)
    {
        var place = Line is null ? Source : $"{Source}:{Line}:{Column}";
        IEnumerable<string> parts = [place, severity, Path, Message];
        return string.Join(": ", parts.Where(part => part.Length > 0));
    }

    internal SpecProblem At(SpecMark mark) => this with { Source = mark.Source, Line = mark.Line, Column = mark.Column };
}

/// <summary>Where a piece of a spec was written.</summary>
internal readonly record struct SpecMark(string Source, int? Line, int? Column);

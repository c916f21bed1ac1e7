using ClusterTrain.Studies.Tests.Variance.Arms;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Report;

namespace ClusterTrain.Studies.Tests.Variance.Report;

/// <summary>The report of a tiny study of all arms, made once.</summary>
public sealed class SampleStudy
{
    public SampleStudy()
    {
        Study = TinyStudies.All;
        Result = TinyStudies.Result(Study);
        Timings = new StudyTimings(3, [.. Result.Arms.Select(arm => new ArmTiming(arm.Id, 6, 0.5, 3, 0.25))]);
        Page = VarianceReport.Html(Study, Result, Timings);
    }

    public StudySpec Study { get; }

    public VarianceResult Result { get; }

    public StudyTimings Timings { get; }

    public string Page { get; }
}

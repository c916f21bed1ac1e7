using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Measured time of an arm. It differs from run to run, so it stands in no file that must not.</summary>
/// <param name="Trainings">Trainings that ended well.</param>
/// <param name="SecondsEach">Mean wall time of one.</param>
/// <param name="EqualTimeMembers">Members in the time of the baseline's budget; null where it is not known.</param>
public sealed record ArmTiming(string Id, int Trainings, double SecondsEach, int? EqualTimeMembers, double? EqualTimeMse);

/// <summary>The content of <c>timings.json</c>.</summary>
/// <param name="Budget">Plain networks whose time is granted.</param>
public sealed record StudyTimings(int Budget, IReadOnlyList<ArmTiming> Arms);

/// <summary>Reads and writes a study's results.</summary>
public static class StudyFiles
{
    private const string Header =
        "arm,k,formula_mse,mse,accuracy,nll,ece,ensembles,all,train_gflop,inference_mflop,held_out_predicted,held_out_measured,held_out_low,held_out_high";

    /// <summary>Times out of the members' summaries.</summary>
    public static StudyTimings Timings(StudyPlan plan, StudyFolder folder, VarianceResult result)
    {
        var budget = result.Baseline.EqualTraining?.Budget ?? 1;
        var seconds = plan.Arms.ToDictionary(arm => arm.Id, arm => Seconds(plan, folder, arm), StringComparer.Ordinal);
        var granted = budget * seconds[ArmDefinition.Baseline].DefaultIfEmpty(0).Average();
        return new StudyTimings(budget, [.. result.Arms.Select(arm =>
        {
            var each = seconds[arm.Id].DefaultIfEmpty(0).Average();
            var most = arm.Groups.Min(members => members.Length);
            var isOne = arm.Work.TrainingEach == 0;
            int? members = arm.Moments is null ? null : each == 0 || (isOne && each <= granted) ? most : isOne ? 0 : Math.Min(most, (int)((granted / each) + 1e-9));
            return new ArmTiming(
                arm.Id, seconds[arm.Id].Count, each, members,
                members is > 0 and var k ? new Estimation.Moments(arm.Moments!.V.Value, arm.Moments.C.Value, double.NaN).Mse(k) : null);
        })]);
    }

    /// <summary>Writes everything but the report.</summary>
    public static void Write(StudyFolder folder, VarianceResult result, StudyTimings timings)
    {
        AtomicFile.Write(folder.PathOf(StudyFolder.ResultName), Json(result));
        AtomicFile.Write(folder.PathOf(StudyFolder.TableName), Encoding.UTF8.GetBytes(Csv(result)));
        AtomicFile.Write(folder.PathOf(StudyFolder.TimingsName), JsonSerializer.SerializeToUtf8Bytes(timings, VarianceJson.Default.StudyTimings));
    }

    public static byte[] Json(VarianceResult result) => JsonSerializer.SerializeToUtf8Bytes(result, VarianceJson.Default.VarianceResult);

    /// <summary>The result that is in a folder.</summary>
    public static VarianceResult Read(StudyFolder folder) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(folder.PathOf(StudyFolder.ResultName)), VarianceJson.Default.VarianceResult)
        ?? throw new FileFailureException($"{folder.PathOf(StudyFolder.ResultName)} holds nothing");

    /// <summary>One line an arm and size.</summary>
    public static string Csv(VarianceResult result)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var arm in result.Arms)
        {
            foreach (var point in arm.Curve)
            {
                var held = arm.HeldOut.FirstOrDefault(other => other.K == point.K);
                object?[] cells =
                [
                    arm.Id, point.K, point.Formula, point.Measured.Mse, point.Measured.Accuracy, point.Measured.Nll, point.Measured.Ece,
                    point.Ensembles, point.AreAll ? "yes" : "no", arm.Work.Training(point.K), arm.Work.Inference(point.K),
                    held?.Predicted, held?.Measured, held?.Residual.Total.Low, held?.Residual.Total.High,
                ];
                text.AppendJoin(',', cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture))).Append('\n');
            }
        }

        return text.ToString();
    }

    private static List<double> Seconds(StudyPlan plan, StudyFolder folder, ArmDefinition arm) =>
    [
        .. plan.Members.Where(member => member.Arm == arm).Select(member => RunSession.Ended(new RunFolder(folder.Of(member))))
            .OfType<SessionEnd.Completed>().Select(end => end.Summary.Seconds),
    ];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(VarianceResult))]
[JsonSerializable(typeof(StudyTimings))]
internal sealed partial class VarianceJson : JsonSerializerContext;

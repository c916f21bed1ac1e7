using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>The folder of one study: where each file is. Naming it touches nothing.</summary>
/// <param name="path">Need not exist.</param>
public sealed class StudyFolder(string path)
{
    public const string StudyName = "study.yaml";
    public const string ResultName = "variance.json";
    public const string TableName = "variance.csv";
    public const string TimingsName = "timings.json";
    public const string ReportName = "report.html";

    public string FullPath { get; } = Path.GetFullPath(path);

    public string StudyPath => PathOf(StudyName);

    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>The run folder of a member.</summary>
    public string Of(StudyMember member) => Path.Combine(FullPath, Path.Combine(member.Folder.Split('/')));

    /// <summary>Begins a new study: makes the folder and writes its spec.</summary>
    /// <exception cref="FileFailureException">The folder holds a study or a run already, or cannot be written.</exception>
    public void Create(StudySpec study)
    {
        var found = new[] { StudyName, ResultName, Runs.Results.RunFolder.SpecName }.FirstOrDefault(name => Path.Exists(PathOf(name)));
        if (found is not null)
        {
            throw new FileFailureException(
                $"{FullPath} already holds a {(found == Runs.Results.RunFolder.SpecName ? "run" : "study")} ({found}): continue it with --resume, or choose another folder with --out");
        }

        try
        {
            Directory.CreateDirectory(FullPath);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("create the output folder", FullPath, failure);
        }

        AtomicFile.Write(StudyPath, Encoding.UTF8.GetBytes(study.Text));
    }

    /// <summary>The text of the study that is here.</summary>
    /// <exception cref="FileFailureException">There is none.</exception>
    public string ReadStudy()
    {
        try
        {
            return File.ReadAllText(StudyPath);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw new FileFailureException($"{FullPath} holds no study: {failure.Message}", failure);
        }
    }

    /// <summary>Makes sure that the study that is here is this one. Changes nothing.</summary>
    /// <exception cref="FileFailureException">There is none, or it is another.</exception>
    public void Require(StudySpec study)
    {
        if (!string.Equals(ReadStudy(), study.Text, StringComparison.Ordinal))
        {
            throw new FileFailureException(
                $"{FullPath} holds another study: resume it without changes, or choose another folder with --out");
        }
    }
}

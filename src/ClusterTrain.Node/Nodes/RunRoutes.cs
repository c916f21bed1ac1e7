using System.Text;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.Transfer;
using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Node.Nodes;

/// <summary>What the active server does with runs on users' behalf. Wrong input is answered with 400 and a line for each problem.</summary>
/// <param name="line">The cluster's runs.</param>
/// <param name="duty">The server's duty.</param>
/// <param name="follower">Knows what other servers have.</param>
/// <param name="prepare">Refuses a spec that cannot be run here; writes into it what it starts from.</param>
internal sealed class RunRoutes(RunLine line, ServerDuty duty, RunFollower follower, Func<RunSpec, RunSpec> prepare)
{
    /// <summary>Longest spec that is taken in, in bytes.</summary>
    public const int MostSpecBytes = 1 << 20;

    public async Task<IResult> Submit(HttpContext http, string? again)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        if (body.Length > MostSpecBytes) return Results.Text($"a spec has at most {MostSpecBytes} bytes", statusCode: StatusCodes.Status413PayloadTooLarge);
        if ((body.Length == 0) != (again is not null))
            return Results.Text(again is null ? "there is no spec in the body; allowed is YAML" : "a run that goes on has its spec already; allowed is an empty body", statusCode: StatusCodes.Status400BadRequest);
        string? name = null;
        var answer = Guarded(() =>
        {
            name = again ?? line.Add(Read(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length)));
            if (again is not null) line.AddAgain(again);
            duty.LookAgain();
            return Answer(null);
        });

        // What a user was told to be in the line shall survive this server, or he is told that it may not.
        return name is null || again is not null || await follower.WaitUntilTaken(name).ConfigureAwait(false) ? answer
            : Answer("no other server could take a copy of it yet, which their logs tell why: it is lost if this server's disk is");

        IResult Answer(string? warning) => Results.Json(new Submitted(name!, line.PathOf(name!), warning), NodeJson.Default.Submitted);
    }

    /// <summary>All that is known of one run.</summary>
    public IResult Show(string run, RunStatusNow? now) => Guarded(() => Results.Json(
        RunDetail.Of(line.Get(run), line.PathOf(run), now?.Name == run ? now : null, duty.HeldUp), NodeJson.Default.RunDetail));

    /// <summary>The files of a run.</summary>
    public IResult Files(string run) => Guarded(() => Results.Json(KeptFile.Of(FolderOf(run)), NodeJson.Default.IReadOnlyListKeptFile));

    /// <summary>One of them, or a range of its bytes; of one that grows, as much as there is at this moment.</summary>
    public IResult Bring(string run, string file) => Guarded(() => Results.Stream(
        new FileStream(KeptFile.PathOf(FolderOf(run), file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete),
        "application/octet-stream", enableRangeProcessing: true));

    public IResult Stop(string? run) => Guarded(() =>
    {
        var stopped = duty.Stop(run);
        duty.LookAgain();
        return Results.Json(stopped, NodeJson.Default.StoppedRun);
    });

    private string FolderOf(string run) => line.PathOf(line.Get(run).Run) is var folder && Directory.Exists(folder) ? folder
        : throw new WrongInputException($"{run}: its files are on a server that is not here; they come when that one is back");

    private RunSpec Read(string text)
    {
        var read = SpecLoader.Load(text, "the spec", []);
        return prepare(read.Spec ?? throw new WrongInputException([.. read.Errors.Select(problem => problem.ToString())]));
    }

    private static IResult Guarded(Func<IResult> answer)
    {
        try
        {
            return answer();
        }
        catch (WrongInputException wrong)
        {
            return Results.Text(string.Join("\n", wrong.Problems), statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception wrong) when (wrong is DataException or CheckpointException or TransferException or MklMissingException)
        {
            return Results.Text(string.Join("\n", Guard.Lines(wrong).Select(problem => $"on the server: {problem}")), statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception failure) when (failure is FileFailureException || FileFailureException.IsFileFailure(failure))
        {
            return Results.Text(
                $"on the server: {failure.Message}",
                statusCode: FileFailureException.IsFull(failure) ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status500InternalServerError);
        }
    }
}

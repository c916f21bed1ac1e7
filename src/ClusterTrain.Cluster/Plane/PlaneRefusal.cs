using Microsoft.AspNetCore.Http;

namespace ClusterTrain.Cluster.Plane;

/// <summary>Why the plane does not do what it was asked to; nothing has changed.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">For programs, in the header <c>ClusterTrain-Refusal</c>: several refusals share a status.</param>
/// <param name="Reason">For people: a line that names what is wrong and what is allowed.</param>
internal sealed record PlaneRefusal(int Status, string Code, string Reason)
{
    public const string UnknownRunCode = "unknown-run";
    public const string UnknownTensorCode = "unknown-tensor";
    public const string OtherIncarnationCode = "other-incarnation";
    public const string OverCode = "over";
    public const string DamagedCode = "damaged";

    public static PlaneRefusal Malformed(string why) => new(StatusCodes.Status400BadRequest, "malformed", why);

    public static PlaneRefusal Damaged(string said, string found) => new(
        StatusCodes.Status400BadRequest, DamagedCode,
        $"the values have the hash {found}, not {said} as the header says: damaged on the way; allowed is to send them again");

    public static readonly PlaneRefusal NoLength = new(
        StatusCodes.Status411LengthRequired, "no-length",
        "there is no Content-Length; a tensor is brought with its length in bytes, and chunked transfer is not allowed");

    public static PlaneRefusal TooLong(long length, long most) => new(
        StatusCodes.Status413PayloadTooLarge, "too-long", $"Content-Length is {length}; allowed are {most} bytes");

    public static PlaneRefusal OtherLength(TensorName name, long length, long right) => new(
        StatusCodes.Status422UnprocessableEntity, "other-length",
        $"Content-Length is {length}; {Tensor(name)} of run {name.Run} has {right} bytes, and no other length is allowed");

    public static PlaneRefusal Of(TensorRefusal refusal, TensorName name) => refusal switch
    {
        TensorRefusal.UnknownRun => new(
            StatusCodes.Status404NotFound, UnknownRunCode, $"run {name.Run} is not served here; allowed is the run that is"),
        TensorRefusal.OtherIncarnation => new(
            StatusCodes.Status409Conflict, OtherIncarnationCode,
            $"incarnation {name.Incarnation} of run {name.Run} is not the one that is served; allowed is the one that the server last announced"),
        TensorRefusal.Over => new(
            StatusCodes.Status410Gone, OverCode, $"{Tensor(name)} of run {name.Run} is over; allowed are tensors of work that is open"),
        _ => new(
            StatusCodes.Status404NotFound, UnknownTensorCode,
            $"run {name.Run} has no {Tensor(name)} now; allowed are tensors of work that is open, with shards and aligned blocks that the run has"),
    };

    private static string Tensor(TensorName name) => name switch
    {
        { Kind: TensorKind.Parameters, Count: 0 } => $"parameters of version {name.Version}",
        { Kind: TensorKind.Parameters } => $"parameters of version {name.Version} for step {name.Step}, {name.Count} shards from {name.First}",
        { Kind: TensorKind.Gradient } => $"gradient of step {name.Step}, {name.Count} shards from {name.First}",
        _ => $"batch of step {name.Step}, shard {name.First}",
    };
}

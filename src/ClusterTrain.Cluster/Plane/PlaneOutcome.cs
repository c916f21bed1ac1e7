using System.Net;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// How a request to the plane ended: what a store answers, what goes over the wire as a code and a status, and what a worker
/// learns.
/// </summary>
public enum PlaneOutcome
{
    Done,

    /// <summary>No such run is served here.</summary>
    UnknownRun,

    /// <summary>Of another life of the run's server.</summary>
    OtherIncarnation,

    /// <summary>Its step or version is over: who asks should ask for work anew.</summary>
    Over,

    /// <summary>A step, shard or block that the run does not have, or not yet.</summary>
    UnknownTensor,

    /// <summary>What is asked cannot be understood.</summary>
    Malformed,

    /// <summary>Who asks has no certificate of the cluster.</summary>
    NoCertificate,

    /// <summary>Who asks does not know the cluster's secret.</summary>
    NoSecret,

    /// <summary>A browser asks on behalf of a page that is not of this plane, or by a name that is not its.</summary>
    ForeignPage,

    /// <summary>Who brings it was not given this work, or not any more.</summary>
    NotLeased,

    /// <summary>Who brings it is bringing as much as is allowed at once.</summary>
    Busy,

    /// <summary>The body's length is not said.</summary>
    NoLength,

    /// <summary>The body is longer than any may be.</summary>
    TooLong,

    /// <summary>The body is not as long as this tensor.</summary>
    OtherLength,

    /// <summary>The values do not have the hash that was said: damaged on the way.</summary>
    Damaged,

    /// <summary>There was no answer, or repeatedly none that a worker can do anything about.</summary>
    Unreachable,
}

/// <summary>Outcomes on the wire: each refusal has an HTTP status, and a code, since several share a status.</summary>
internal static class PlaneCodes
{
    private static readonly (PlaneOutcome Outcome, HttpStatusCode Status, string Code)[] Table =
    [
        (PlaneOutcome.UnknownRun, HttpStatusCode.NotFound, "unknown-run"),
        (PlaneOutcome.OtherIncarnation, HttpStatusCode.Conflict, "other-incarnation"),
        (PlaneOutcome.Over, HttpStatusCode.Gone, "over"),
        (PlaneOutcome.UnknownTensor, HttpStatusCode.NotFound, "unknown-tensor"),
        (PlaneOutcome.Malformed, HttpStatusCode.BadRequest, "malformed"),
        (PlaneOutcome.NoCertificate, HttpStatusCode.Forbidden, "no-certificate"),
        (PlaneOutcome.NoSecret, HttpStatusCode.Unauthorized, "no-secret"),
        (PlaneOutcome.ForeignPage, HttpStatusCode.Forbidden, "foreign-page"),
        (PlaneOutcome.NotLeased, HttpStatusCode.Conflict, "not-leased"),
        (PlaneOutcome.Busy, HttpStatusCode.ServiceUnavailable, "busy"),
        (PlaneOutcome.NoLength, HttpStatusCode.LengthRequired, "no-length"),
        (PlaneOutcome.TooLong, HttpStatusCode.RequestEntityTooLarge, "too-long"),
        (PlaneOutcome.OtherLength, HttpStatusCode.UnprocessableEntity, "other-length"),
        (PlaneOutcome.Damaged, HttpStatusCode.BadRequest, "damaged"),
    ];

    public static (int Status, string Code) Of(PlaneOutcome refusal)
    {
        var row = Array.Find(Table, row => row.Outcome == refusal);
        return row.Code is { } code ? ((int)row.Status, code) : throw new ArgumentException($"{refusal} is no refusal.", nameof(refusal));
    }

    /// <summary>The refusal of a code; unreachable where that is not one of ours.</summary>
    public static PlaneOutcome Read(string code)
    {
        var row = Array.Find(Table, row => row.Code == code);
        return row.Code is null ? PlaneOutcome.Unreachable : row.Outcome;
    }
}

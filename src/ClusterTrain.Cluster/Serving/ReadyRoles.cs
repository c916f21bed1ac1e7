using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Serving;

/// <summary>How many workers are fit for the run, and which roles somebody among them has.</summary>
internal sealed class ReadyRoles
{
    private int _trainers;
    private int _adversaries;

    public int Count { get; private set; }

    public bool Has(WorkerRoles role) => role == WorkerRoles.Trainer ? _trainers > 0 : _adversaries > 0;

    /// <returns>Whether it is the first of a role.</returns>
    public bool Add(WorkerRoles roles) => Move(roles, 1);

    /// <returns>Whether it was the last of a role.</returns>
    public bool Remove(WorkerRoles roles) => Move(roles, -1);

    public void Clear() => (Count, _trainers, _adversaries) = (0, 0, 0);

    private bool Move(WorkerRoles roles, int by)
    {
        var (hadTrainers, hadAdversaries) = (Has(WorkerRoles.Trainer), Has(WorkerRoles.Adversary));
        Count += by;
        if (roles.HasFlag(WorkerRoles.Trainer)) _trainers += by;
        if (roles.HasFlag(WorkerRoles.Adversary)) _adversaries += by;
        return Has(WorkerRoles.Trainer) != hadTrainers || Has(WorkerRoles.Adversary) != hadAdversaries;
    }
}

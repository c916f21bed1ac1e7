namespace ClusterTrain.Cluster.Protocol;

/// <summary>What a worker is meant for. Where nobody is meant for some work, everybody does it.</summary>
[Flags]
public enum WorkerRoles
{
    None = 0,

    /// <summary>Gradients and evaluations.</summary>
    Trainer = 1,

    /// <summary>Adversarial batches that are made ahead.</summary>
    Adversary = 2,
}

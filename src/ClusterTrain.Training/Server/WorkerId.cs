namespace ClusterTrain.Training.Server;

/// <summary>Names a worker among those of one run, for people too: <c>worker-1</c>.</summary>
public readonly record struct WorkerId(string Name)
{
    public override string ToString() => Name;
}

namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>How a tile kernel goes from one k of B to the next, in the form of a type, as <see cref="ICount"/> is.</summary>
internal interface IWalk
{
    /// <summary>Whether each k has a place of its own in a list; else all are equally far apart.</summary>
    static abstract bool IsListed { get; }
}

/// <summary>By <see cref="TileTask.BStep"/>.</summary>
internal readonly struct EvenWalk : IWalk
{
    public static bool IsListed => false;
}

/// <summary>By <see cref="TileTask.Steps"/>: the windows of a convolution, where they lie in the image.</summary>
internal readonly struct ListedWalk : IWalk
{
    public static bool IsListed => true;
}

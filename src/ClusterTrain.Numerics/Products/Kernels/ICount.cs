namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>
/// A number in the form of a type, so that the JIT compiles one body of code for each value and removes what the value
/// rules out.
/// </summary>
internal interface ICount
{
    static abstract int Value { get; }
}

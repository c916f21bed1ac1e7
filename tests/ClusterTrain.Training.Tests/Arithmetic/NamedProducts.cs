using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Training.Tests.Arithmetic;

/// <summary>The definition of a product under any name.</summary>
internal sealed class NamedProducts(string name, string version) : IMatrixProducts
{
    private readonly NaiveProducts _naive = new();

    public MathIdentity Identity { get; } = new(name, version, IsBitPortable: false);

    public void Multiply(MatrixView a, MatrixView b, MatrixTarget c, Epilogue epilogue) => _naive.Multiply(a, b, c, epilogue);

    public PackedMatrix Pack(MatrixView b, PackedMatrix? into = null) => _naive.Pack(b, into);

    public void Multiply(MatrixView a, PackedMatrix b, MatrixTarget c, Epilogue epilogue) => _naive.Multiply(a, b, c, epilogue);
}

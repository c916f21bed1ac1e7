namespace ClusterTrain.Numerics.Products;

/// <summary>C [Rows, Columns] = A [Rows, Depth] B [Depth, Columns].</summary>
internal readonly record struct ProductSize(int Rows, int Columns, int Depth);

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// The definition of a product, element by element. The fast backends are tested against it, bit for bit.
/// </summary>
public sealed class NaiveProducts : IMatrixProducts
{
    /// <summary>Bit for bit the managed backend's arithmetic, so it carries the same name.</summary>
    public MathIdentity Identity => MathIdentity.Portable;

    public void Multiply(MatrixView a, MatrixView b, MatrixTarget c, Epilogue epilogue)
    {
        // a [m, k], b [k, n], c [m, n]
        Shapes.Check(b, nameof(b));
        Shapes.Check(a, b.Rows, b.Columns, c, epilogue);
        for (var i = 0; i < c.Rows; i++)
        {
            for (var j = 0; j < c.Columns; j++)
            {
                var sum = epilogue.Accumulate ? c[i, j] : 0f;
                for (var k = 0; k < a.Columns; k++)
                    sum = MathF.FusedMultiplyAdd(a[i, k], b[k, j], sum);
                if (!epilogue.Bias.IsEmpty)
                    sum += epilogue.Bias[epilogue.BiasRunsDown ? i : j];
                if (epilogue.Relu && sum <= 0f)
                    sum = 0f;
                if (epilogue.Scale != 1f)
                    sum *= epilogue.Scale;
                if (!epilogue.Gate.IsEmpty)
                    sum = epilogue.Gate[(i * c.Columns) + j] > 0f ? sum * epilogue.GateScale : 0f;
                c[i, j] = sum;
            }
        }
    }

    /// <summary>Row-major, nothing more.</summary>
    public PackedMatrix Pack(MatrixView b, PackedMatrix? into = null)
    {
        Shapes.Check(b, nameof(b));
        var packed = PackedMatrix.Reuse(into, b.Rows, b.Columns, b.Rows * b.Columns, PackedLayout);
        for (var k = 0; k < b.Rows; k++)
        {
            for (var j = 0; j < b.Columns; j++)
                packed.Storage.Span[(k * b.Columns) + j] = b[k, j];
        }

        return packed;
    }

    public void Multiply(MatrixView a, PackedMatrix b, MatrixTarget c, Epilogue epilogue)
    {
        b.CheckLayout(PackedLayout);
        Multiply(a, new MatrixView(b.Storage.Span, b.Rows, b.Columns), c, epilogue);
    }

    private const string PackedLayout = "row-major";
}

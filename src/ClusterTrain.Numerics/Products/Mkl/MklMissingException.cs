namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>MKL was asked for and is not here, or not usable. The message says how to get it.</summary>
public sealed class MklMissingException : Exception
{
    internal MklMissingException(string found)
        : base($"math: mkl needs Intel's Math Kernel Library, and {found}. Install it (Debian, Ubuntu: package libmkl-rt of the "
            + "component non-free or multiverse; elsewhere: Intel oneAPI MKL) and, when it lies in a folder of its own, point "
            + $"MKLROOT or {MklLibrary.Variable} at it. math: managed needs nothing and gives the same bits on every machine.")
    {
    }
}

using System.Collections.Concurrent;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>The native products of this process: a library is set up once, before its first product, and for good.</summary>
internal static class NativeGemm
{
    private static readonly ConcurrentDictionary<nint, Lazy<IGemm>> Known = new();

    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="MklMissingException">There is none.</exception>
    public static IGemm Load(Func<string, string?> variable)
    {
        var (library, problem) = MklLibrary.Load(variable);
#if MATHNET_MKL
        // An MKL of the user's own comes first: it is the one whose branch can be asked for and checked.
        if (library == 0 && string.IsNullOrEmpty(variable(MklLibrary.Variable)) && MathNetGemm.Shared is { } packaged) return packaged;
#endif
        if (library == 0) throw new MklMissingException(problem);
        return Known.GetOrAdd(library, handle => new Lazy<IGemm>(() => new MklGemm(handle))).Value;
    }
}

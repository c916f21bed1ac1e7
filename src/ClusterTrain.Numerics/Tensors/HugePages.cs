using System.Runtime.InteropServices;

namespace ClusterTrain.Numerics.Tensors;

/// <summary>
/// Asks the system for large pages under large buffers. Weights are read a row here and a row there, and with small pages
/// nearly every row costs a walk through the page tables. A wish, nothing more: where it is not granted all works the same.
/// </summary>
internal static partial class HugePages
{
    /// <summary>Bytes of a large page, and the boundary it lies on (x86-64, and Arm with pages of 4 KiB).</summary>
    public const int Bytes = 2 << 20;

    private const int MadviseHugePage = 14;

    /// <summary>Says so of untouched memory; whole large pages within it may then be given as such.</summary>
    public static unsafe void Request(float* start, int length)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Madvise((nint)start, (nuint)length * sizeof(float), MadviseHugePage);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without this call has small pages.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Madvise(nint address, nuint length, int advice);
}

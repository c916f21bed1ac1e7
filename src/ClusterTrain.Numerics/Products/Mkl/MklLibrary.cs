using System.Runtime.InteropServices;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>Finds <c>mkl_rt</c>, MKL's one library to link against, where users have it.</summary>
internal static class MklLibrary
{
    /// <summary>Environment variable that names the library's file; then no other is tried.</summary>
    public const string Variable = "CLUSTERTRAIN_MKL";

    private static readonly string[] Names =
        OperatingSystem.IsWindows() ? ["mkl_rt.3.dll", "mkl_rt.2.dll", "mkl_rt.1.dll", "mkl_rt.dll"]
        : OperatingSystem.IsMacOS() ? ["libmkl_rt.dylib", "libmkl_rt.2.dylib", "libmkl_rt.1.dylib"]
        : ["libmkl_rt.so", "libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1"];

    /// <summary>The loaded library, or what to say about its absence.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static (nint Handle, string Problem) Load(Func<string, string?> variable)
    {
        if (variable(Variable) is { Length: > 0 } file)
            return NativeLibrary.TryLoad(file, out var named) ? (named, "") : (0, $"{Variable}={file} cannot be loaded");
        foreach (var candidate in Candidates(variable))
        {
            if (NativeLibrary.TryLoad(candidate, out var handle)) return (handle, "");
        }

        return (0, $"no {Names[0]} was found (MKLROOT, the loader's own paths, and the usual folders)");
    }

    /// <summary>File names in the order they are tried; those without a folder are left to the system's loader.</summary>
    internal static IEnumerable<string> Candidates(Func<string, string?> variable)
    {
        var root = variable("MKLROOT");
        string[] own = string.IsNullOrEmpty(root) ? [] : Below(root);
        return [.. In(own), .. Names, .. In([AppContext.BaseDirectory, .. Usual(variable)])];
    }

    private static IEnumerable<string> In(IEnumerable<string> folders) =>
        folders.SelectMany(_ => Names, (folder, name) => $"{folder.TrimEnd('/')}/{name}");

    private static string[] Usual(Func<string, string?> variable)
    {
        if (OperatingSystem.IsWindows())
            return Below((variable("ProgramFiles(x86)") ?? "C:/Program Files (x86)") + "/Intel/oneAPI/mkl/latest");
        return
        [
            "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib",
            .. Below("/opt/intel/oneapi/mkl/latest"), .. Below("/opt/intel/mkl"),
        ];
    }

    private static string[] Below(string root) =>
        [$"{root}/lib", $"{root}/lib/intel64", $"{root}/bin", $"{root}/redist/intel64", root];
}

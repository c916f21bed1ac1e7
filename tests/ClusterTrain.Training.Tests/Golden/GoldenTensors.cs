using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Training.Tests.Golden;

/// <summary>
/// Tensors made by an independent implementation (PyTorch, float64), one file a case, with the case's settings in the
/// metadata. The folder is the one in <c>CLUSTERTRAIN_REFERENCE</c>; else <c>shared/reference</c> beside the checkout;
/// else the copies in <c>tests/golden</c>.
/// </summary>
public static class GoldenTensors
{
    public const string Variable = "CLUSTERTRAIN_REFERENCE";

    public static readonly IReadOnlyList<string> Cases =
        ["mlp", "thinned_dropout", "batchnorm", "cnn", "losses", "optimizers", "attacks"];

    /// <param name="name">One of <see cref="Cases"/>.</param>
    /// <exception cref="FileNotFoundException">The folder that was asked for does not hold the case.</exception>
    public static SafetensorsFile Open(string name) =>
        SafetensorsFile.Read(Find(name, Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory));

    /// <param name="chosenFolder">The variable's value. If set, no other folder is looked at: a typo must not pass.</param>
    /// <param name="startFolder">A folder inside the checkout.</param>
    internal static string Find(string name, string? chosenFolder, string startFolder)
    {
        var file = name + ".safetensors";
        if (!string.IsNullOrEmpty(chosenFolder))
        {
            var chosen = Path.Combine(chosenFolder, file);
            return File.Exists(chosen)
                ? chosen
                : throw new FileNotFoundException($"{Variable} is set to {chosenFolder}, but there is no {file} there");
        }

        var checkout = Checkout(startFolder);
        string[] candidates =
        [
            Path.Combine(checkout, "..", "shared", "reference", file),
            Path.Combine(checkout, "tests", "golden", file),
        ];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"there is no {file} in {string.Join(" or ", candidates)}");
    }

    private static string Checkout(string startFolder)
    {
        var folder = new DirectoryInfo(startFolder);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ClusterTrain.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"{startFolder} is in no checkout of ClusterTrain");
    }
}

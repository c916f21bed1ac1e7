namespace ClusterTrain.Training.Specs;

/// <summary>Specs that are part of the program, so that it runs without any file.</summary>
public static class ShippedSpecs
{
    /// <summary>Text of <c>cluster-config/runs/quickstart.yaml</c> as of the build: the default of <c>train</c>.</summary>
    public static string Quickstart()
    {
        using var stream = typeof(ShippedSpecs).Assembly.GetManifestResourceStream("quickstart.yaml")
            ?? throw new InvalidOperationException("The program was built without its default spec.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

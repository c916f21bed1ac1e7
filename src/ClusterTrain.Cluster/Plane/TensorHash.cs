using ClusterTrain.Training.State;

namespace ClusterTrain.Cluster.Plane;

/// <summary>
/// The hash that travels with a tensor: 128 bits at memory speed, against damage on the way. Against forgery there is TLS.
/// </summary>
public static class TensorHash
{
    /// <summary>32 lower-case hex digits.</summary>
    public static string Of(ReadOnlySpan<float> values) => StateFingerprint.OfRow(0, values.Length, values).ToString();
}

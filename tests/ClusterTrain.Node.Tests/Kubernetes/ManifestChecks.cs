using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>What a typo in rendered manifests would break, a line each.</summary>
internal static class ManifestChecks
{
    public static IReadOnlyList<string> Problems(IReadOnlyList<YamlMappingNode> objects) =>
    [
        .. FieldChecks.Problems(objects), .. ReferenceChecks.Problems(objects), .. ProgramChecks.Problems(objects), .. SecurityChecks.Problems(objects),
    ];
}

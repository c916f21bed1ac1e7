using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>What a compiled assembly names outside itself.</summary>
internal sealed record CompiledReferences(IReadOnlySet<string> Assemblies, IReadOnlySet<string> Types)
{
    public static CompiledReferences Of(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return new CompiledReferences(
            metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToHashSet(),
            metadata.TypeReferences.Select(metadata.GetTypeReference)
                .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToHashSet());
    }
}

using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>What a compiled assembly names outside itself.</summary>
internal sealed record CompiledReferences(IReadOnlySet<string> Assemblies, IReadOnlySet<string> Types)
{
    public static CompiledReferences Of(Assembly assembly) => Of(assembly.Location);

    /// <summary>Everything that is not the runtime's own and is referenced, directly or through others that are beside the tests.</summary>
    public static IReadOnlySet<string> Closure(Assembly assembly)
    {
        var (found, open) = (new SortedSet<string>(StringComparer.Ordinal), new Stack<string>([assembly.Location]));
        while (open.TryPop(out var next))
        {
            foreach (var name in Of(next).Assemblies)
            {
                var path = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
                if (File.Exists(path) && found.Add(name)) open.Push(path);
            }
        }

        return found;
    }

    private static CompiledReferences Of(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return new CompiledReferences(
            metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToHashSet(),
            metadata.TypeReferences.Select(metadata.GetTypeReference)
                .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToHashSet());
    }
}

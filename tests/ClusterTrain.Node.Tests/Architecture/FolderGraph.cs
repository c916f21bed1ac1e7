using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>
/// Which folders of a project use which: all that the compiler kept (types of fields, signatures, locals, attributes and of everything
/// that a method's code names), and every <c>using</c> of its sources, since constants leave no trace in what is compiled.
/// </summary>
/// <param name="Uses">For each folder, what it uses, with one example.</param>
internal sealed partial record FolderGraph(IReadOnlyDictionary<string, SortedDictionary<string, string>> Uses)
{
    private static readonly Dictionary<short, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value, code => code.OperandType);

    /// <summary>Namespaces are folders (a test of its own); the project's own is called <c>.</c>.</summary>
    /// <param name="assembly">The compiled project.</param>
    /// <param name="project">Its root namespace.</param>
    /// <param name="sources">Its source files, each as path and text.</param>
    public static FolderGraph Of(Assembly assembly, string project, IEnumerable<(string Path, string Text)> sources)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var uses = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        void Use(string? from, string? to, string example)
        {
            if (from is null || to is null || from == to) return;
            if (!uses.TryGetValue(from, out var known)) uses[from] = known = new SortedDictionary<string, string>(StringComparer.Ordinal);
            known.TryAdd(to, example);
        }

        string? FolderOf(TypeDefinitionHandle type)
        {
            var outer = Outermost(metadata, type);
            var name = metadata.GetString(outer.Namespace);
            return name == project ? "." : name.StartsWith(project + ".", StringComparison.Ordinal) ? name[(project.Length + 1)..].Replace('.', '/') : null;
        }

        foreach (var handle in metadata.TypeDefinitions)
        {
            foreach (var used in new TypeUses(file, metadata).Of(handle))
            {
                Use(FolderOf(handle), FolderOf(used),
                    $"{metadata.GetString(Outermost(metadata, handle).Name)} uses {metadata.GetString(Outermost(metadata, used).Name)}");
            }
        }

        foreach (var (path, text) in sources)
        {
            var own = OwnNamespace().Match(text).Groups[1].Value;
            foreach (Match use in UsedNamespace().Matches(text))
                Use(Folder(own), Folder(use.Groups[1].Value), $"{Path.GetFileName(path)} has using {use.Groups[1].Value}");
        }

        return new FolderGraph(uses);

        string? Folder(string name) =>
            name == project ? "." : name.StartsWith(project + ".", StringComparison.Ordinal) ? name[(project.Length + 1)..].Replace('.', '/') : null;
    }

    /// <summary>Groups of folders each of which is used, by however many steps, by what it uses; each in alphabetical order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        var reach = Uses.Keys.ToDictionary(folder => folder, Reach, StringComparer.Ordinal);
        return
        [
            .. reach.Keys.Where(folder => reach[folder].Contains(folder))
                .Select(folder => (IReadOnlyList<string>)
                    [.. reach[folder].Where(other => reach.TryGetValue(other, out var back) && back.Contains(folder)).Order(StringComparer.Ordinal)])
                .DistinctBy(circle => circle[0]),
        ];
    }

    /// <summary>Each step of a circle, with its example.</summary>
    public string Explain(IReadOnlyList<string> circle) => string.Join(
        Environment.NewLine,
        circle.SelectMany(from => Uses[from].Where(to => circle.Contains(to.Key)).Select(to => $"  {from} -> {to.Key}: {to.Value}")));

    private HashSet<string> Reach(string folder)
    {
        var (reached, open) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([folder]));
        while (open.TryPop(out var next))
        {
            if (!Uses.TryGetValue(next, out var used)) continue;
            foreach (var other in used.Keys.Where(reached.Add)) open.Push(other);
        }

        return reached;
    }

    private static TypeDefinition Outermost(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil) type = metadata.GetTypeDefinition(type.GetDeclaringType());
        return type;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex OwnNamespace();

    [GeneratedRegex(@"^(?:global )?using (?:\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsedNamespace();

    /// <summary>The types of its own assembly that a type names.</summary>
    private sealed class TypeUses(PEReader file, MetadataReader metadata) : ISignatureTypeProvider<int, object?>
    {
        private readonly HashSet<TypeDefinitionHandle> _found = [];

        public IReadOnlyCollection<TypeDefinitionHandle> Of(TypeDefinitionHandle handle)
        {
            var type = metadata.GetTypeDefinition(handle);
            See(type.BaseType);
            foreach (var one in type.GetInterfaceImplementations()) See(metadata.GetInterfaceImplementation(one).Interface);
            SeeAll(type.GetCustomAttributes());
            SeeAll(type.GetGenericParameters());
            foreach (var one in type.GetFields())
            {
                metadata.GetFieldDefinition(one).DecodeSignature(this, null);
                SeeAll(metadata.GetFieldDefinition(one).GetCustomAttributes());
            }

            foreach (var one in type.GetMethods())
            {
                var method = metadata.GetMethodDefinition(one);
                method.DecodeSignature(this, null);
                SeeAll(method.GetCustomAttributes());
                SeeAll(method.GetGenericParameters());
                if (method.RelativeVirtualAddress != 0) SeeCode(file.GetMethodBody(method.RelativeVirtualAddress));
            }

            return _found;
        }

        private void SeeAll(CustomAttributeHandleCollection attributes)
        {
            foreach (var one in attributes) See(metadata.GetCustomAttribute(one).Constructor);
        }

        private void SeeAll(GenericParameterHandleCollection parameters)
        {
            foreach (var one in parameters)
                foreach (var constraint in metadata.GetGenericParameter(one).GetConstraints())
                    See(metadata.GetGenericParameterConstraint(constraint).Type);
        }

        private void SeeCode(MethodBodyBlock body)
        {
            if (!body.LocalSignature.IsNil) metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
            foreach (var region in body.ExceptionRegions) See(region.CatchType);
            var code = body.GetILReader();
            while (code.RemainingBytes > 0)
            {
                short value = code.ReadByte();
                if (value == 0xFE) value = (short)(0xFE00 | code.ReadByte());
                var operand = Operands[value];
                switch (operand)
                {
                    case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                        See(MetadataTokens.EntityHandle(code.ReadInt32()));
                        break;
                    case OperandType.InlineSwitch:
                        var targets = code.ReadInt32();
                        code.Offset += 4 * targets;
                        break;
                    default:
                        code.Offset += operand switch
                        {
                            OperandType.InlineNone => 0,
                            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                            OperandType.InlineVar => 2,
                            OperandType.InlineI8 or OperandType.InlineR => 8,
                            _ => 4,
                        };
                        break;
                }
            }
        }

        private void See(EntityHandle handle)
        {
            if (handle.IsNil) return;
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    _found.Add((TypeDefinitionHandle)handle);
                    break;
                case HandleKind.TypeSpecification:
                    metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.MethodDefinition:
                    See(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    See(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    See(metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                    break;
                case HandleKind.MethodSpecification:
                    var called = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    called.DecodeSignature(this, null);
                    See(called.Method);
                    break;
            }
        }

        public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => _found.Add(handle) ? 1 : 0;

        public int GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public int GetArrayType(int elementType, ArrayShape shape) => 0;

        public int GetByReferenceType(int elementType) => 0;

        public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

        public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

        public int GetGenericMethodParameter(object? genericContext, int index) => 0;

        public int GetGenericTypeParameter(object? genericContext, int index) => 0;

        public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

        public int GetPinnedType(int elementType) => 0;

        public int GetPointerType(int elementType) => 0;

        public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

        public int GetSZArrayType(int elementType) => 0;

        public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => 0;
    }
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Serialization;
using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

/// <summary>A key of a section: its name in YAML, the property behind it, and what it means and allows.</summary>
internal sealed record SpecField(string Name, PropertyInfo Property, OptionAttribute Key)
{
    public Type Type => Property.PropertyType;

    /// <summary>The type of one entry when the value is a list of numbers or names, else null.</summary>
    public Type? ItemType => Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && Type.GenericTypeArguments[0] is { IsValueType: true } item ? item : null;

    /// <summary>Whether the value is itself a record of keys.</summary>
    public bool IsSection => SpecSchema.IsSection(Type);
}

/// <summary>
/// The keys of every section, read from the records and their attributes: a new property with a
/// <see cref="OptionAttribute"/> is read, checked, written and documented without another line of code.
/// </summary>
internal static class SpecSchema
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<SpecField>> Sections = new();
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<(string Name, object Value)>> Names = new();

    /// <summary>Keys in the order of declaration.</summary>
    public static IReadOnlyList<SpecField> FieldsOf(Type section) => Sections.GetOrAdd(section, static type =>
        [.. type.GetProperties()
            .OrderBy(property => property.MetadataToken)
            .Select(property => (Property: property, Key: property.GetCustomAttribute<OptionAttribute>()))
            .Where(pair => pair.Key is not null)
            .Select(pair => new SpecField(CamelCase(pair.Property.Name), pair.Property, pair.Key!))]);

    public static bool IsSection(Type type) => type.IsClass && type != typeof(string) && FieldsOf(type).Count > 0;

    /// <summary>Names of an enum's values as written in YAML.</summary>
    public static IReadOnlyList<(string Name, object Value)> NamesOf(Type enumType) => Names.GetOrAdd(enumType, static type =>
        [.. type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .OrderBy(field => field.MetadataToken)
            .Select(field => (
                field.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? CamelCase(field.Name), field.GetValue(null)!))]);

    public static string NameOf(object enumValue) =>
        NamesOf(enumValue.GetType()).First(pair => pair.Value.Equals(enumValue)).Name;

    /// <summary>Every key below a section with its full path, sections before their keys.</summary>
    public static IEnumerable<(string Path, SpecField Field, object Default)> Walk(object section, string path = "")
    {
        foreach (var field in FieldsOf(section.GetType()))
        {
            var value = field.Property.GetValue(section)!;
            var fieldPath = SpecPath.Child(path, field.Name);
            yield return (fieldPath, field, value);
            if (!field.IsSection)
                continue;
            foreach (var inner in Walk(value, fieldPath))
                yield return inner;
        }
    }

    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

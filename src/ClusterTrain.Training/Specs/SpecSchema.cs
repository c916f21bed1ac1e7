using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Serialization;
using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

/// <summary>A key of a section: its name in YAML, the property behind it, and what it means and allows.</summary>
/// <param name="NamesChoice">Whether the value is the name of a technique alone, with the technique's keys beside it.</param>
internal sealed record SpecField(string Name, PropertyInfo Property, OptionAttribute Key, bool NamesChoice = false)
{
    public Type Type => Property.PropertyType;

    /// <summary>When the key has no effect.</summary>
    public string IgnoredWhen { get; init; } = Key.IgnoredWhen;

    /// <summary>Defaults under other names of the choice, for the reference page.</summary>
    public string OtherDefaults { get; init; } = "";

    /// <summary>The catalogue that the value comes from, or null.</summary>
    public SpecChoice? Choice => SpecChoice.Of(Type);

    /// <summary>The type of one entry when the value is a list of numbers or names, else null.</summary>
    public Type? ItemType => Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && Type.GenericTypeArguments[0] is { IsValueType: true } item ? item : null;

    /// <summary>Whether the canonical text is without the key when it has this value.</summary>
    public bool IsLeftOut(object value) => Key.IsLeftOutAtDefault
        && value.Equals(Property.GetValue(Activator.CreateInstance(Property.ReflectedType!)));

    /// <summary>Whether the value is itself a record of keys.</summary>
    public bool IsSection => !NamesChoice && SpecSchema.IsSection(Type);
}

/// <summary>
/// The keys of every section, read from the records and their attributes: a new property with a
/// <see cref="OptionAttribute"/> is read, checked, written and documented without another line of code.
/// </summary>
internal static class SpecSchema
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<SpecField>> Sections = new();
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<(string Name, object Value)>> Names = new();

    /// <summary>Keys in the order of declaration, inherited ones first.</summary>
    public static IReadOnlyList<SpecField> FieldsOf(Type section) => Sections.GetOrAdd(section, static type =>
        [.. type.GetProperties()
            .OrderBy(property => DepthOf(property.DeclaringType))
            .ThenBy(property => property.MetadataToken)
            .Select(property => (Property: property, Key: property.GetCustomAttribute<OptionAttribute>()))
            .Where(pair => pair.Key is not null)
            .Select(pair => new SpecField(CamelCase(pair.Property.Name), pair.Property, pair.Key!))]);

    public static bool IsSection(Type type) => SpecChoice.Of(type) is { } choice ? choice.Key is not null : type.IsClass && type != typeof(string) && FieldsOf(type).Count > 0;

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
            var below = field.Choice is { } choice ? choice.Walk(field, (Technique)value, path)
                : field.IsSection ? Walk(value, fieldPath)
                : [];
            foreach (var inner in below)
                yield return inner;
        }
    }

    private static int DepthOf(Type? type) => type?.BaseType is { } parent ? 1 + DepthOf(parent) : 0;

    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

using System.Text.RegularExpressions;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Names become names of folders, so they must not lead out of the folder they belong in.</summary>
internal static partial class NameRules
{
    private const int Longest = 100;

    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "`name` holds letters, digits, '-', '_' and '.', starts with a letter or digit, and has at most 100 characters",
            ["name"],
            spec => Check("name", spec.Name)),
        SpecRule.Of("`data.name` is made of the same characters", ["data.name"], spec => Check("data.name", spec.Data.Name)),
    ];

    internal static SpecProblem? Check(string path, string name) =>
        Allowed().IsMatch(name) && name.Length <= Longest
            ? null
            : SpecProblem.Error(
                path,
                $"{SpecScalar.Quote(name)} is no name; allowed: letters, digits, '-', '_' and '.', first a letter or digit, "
                + $"at most {Longest} characters");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]*\z")]
    private static partial Regex Allowed();
}

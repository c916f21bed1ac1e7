using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Commands;

/// <summary>Folders that are made when the user names none: <c>PARENT/NAME</c>, then <c>PARENT/NAME-2</c>, and so on.</summary>
/// <param name="parent">Below the current folder.</param>
/// <param name="what">What one of them holds, for messages.</param>
internal sealed class NumberedFolders(string parent, string what)
{
    /// <summary>The first folder of this name that does not exist yet.</summary>
    public string Fresh(Surroundings surroundings, string name)
    {
        for (var number = 1; ; number++)
            if (!Path.Exists(Numbered(surroundings, name, number)))
                return Numbered(surroundings, name, number);
    }

    /// <summary>The newest folder of this name.</summary>
    public string Newest(Surroundings surroundings, string name)
    {
        var number = 1;
        if (!Directory.Exists(Numbered(surroundings, name, number)))
            throw new WrongInputException($"--resume: there is no {what} in {Numbered(surroundings, name, 1)}; name its folder with --out DIR");
        while (Directory.Exists(Numbered(surroundings, name, number + 1))) number++;
        return Numbered(surroundings, name, number);
    }

    private string Numbered(Surroundings surroundings, string name, int number) =>
        surroundings.PathOf(Path.Combine(parent, number == 1 ? name : $"{name}-{number}"));
}

namespace ClusterTrain.Node.Tests;

/// <summary>What a user sees of one command.</summary>
internal sealed record Outcome(int Code, string Out, string Error)
{
    private static readonly string[] NewLines = ["\r\n", "\n"];

    public IReadOnlyList<string> OutLines => Lines(Out);

    public IReadOnlyList<string> ErrorLines => Lines(Error);

    /// <summary>The outcome itself, when the code is the expected one; else a failure that shows what was said.</summary>
    public Outcome Gives(int code)
    {
        Assert.True(Code == code, $"exit code {Code}, expected {code}\n--- standard output\n{Out}\n--- standard error\n{Error}");
        return this;
    }

    private static string[] Lines(string text) => text.Split(NewLines, StringSplitOptions.RemoveEmptyEntries);
}

namespace ClusterTrain.Node.Commands;

/// <summary>Who started this process holds its standard input: when that is gone, so is the reason to go on.</summary>
internal static class StandardInput
{
    public static void WhenItEnds(Action end) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        try
        {
            while (input.Read(buffer) > 0)
            {
                // What is said there means nothing.
            }
        }
        catch (IOException)
        {
            // Gone as well.
        }

        end();
    })
    {
        Name = "input", IsBackground = true,
    }.Start();
}

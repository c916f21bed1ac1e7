using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Cli;

/// <summary>The terminal's side of a process that outlives it.</summary>
public sealed class OutputTests
{
    [Fact]
    public void LastingOutput_TargetFails_SaysSoOnceAndGoesOn()
    {
        List<string> lost = [];
        using var target = new FullWriter();
        using var output = new LastingOutput(target, failure => lost.Add(failure.Message));

        output.WriteLine("one");
        output.Write("two {0}", 3);
        output.Write('c');
        output.Flush();

        Assert.Equal(["full"], lost);
        Assert.Equal(4, target.Tries);
    }

    [Theory]
    [InlineData("SigIgn:\t0000000000000001", true)]
    [InlineData("SigIgn:\t0000000000001001", true)]
    [InlineData("SigIgn:\t0000000000001000", false)]
    [InlineData("SigIgn:\tno number", false)]
    [InlineData("SigBlk:\t0000000000000001", false)]
    public void HangUp_ByTheStatusOfAProcess_IsIgnoredWhereItsBitIsSet(string line, bool ignored) =>
        Assert.Equal(ignored, HangUp.IsIgnoredIn(["Name:\tdotnet", line]));

    private sealed class FullWriter : StringWriter
    {
        public int Tries { get; private set; }

        public override void Write(char value) => Fail();

        public override void Write(string? value) => Fail();

        public override void Write(char[] buffer, int index, int count) => Fail();

        public override void WriteLine(string? value) => Fail();

        public override void Flush() => Fail();

        private void Fail()
        {
            Tries++;
            throw new IOException("full");
        }
    }
}

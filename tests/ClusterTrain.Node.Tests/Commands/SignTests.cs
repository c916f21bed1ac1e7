using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>A signature outside the folder shows any change to it.</summary>
public sealed class SignTests(FinishedRun finished) : IClassFixture<FinishedRun>, IDisposable
{
    private readonly FinishedRun.Copy _run = finished.CopyForChange();

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(_run.Files.FullPath)!, $"{_run.Name}{name}");

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Sign_WithANewKey_IsVerifiedWithItsPublicPartAndFindsChanges()
    {
        Sign("--new-key").Gives(ExitCode.Done);
        var outcome = Verify("--key", Beside(".pem.pub")).Gives(ExitCode.Done);
        Assert.Contains("signed with the key of", outcome.Out, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Beside(".pem")));

        var folder = new RunFolder(_run.Files.FullPath);
        SummaryFile.Write(folder, SummaryFile.Read(folder) with { Seconds = 1 });

        _run.Verify("--steps", "0").Gives(ExitCode.Done);
        _run.Finds("something in it was changed", "--steps", "0", "--signature", Beside(".signature"));
    }

    [Fact]
    public void Verify_SignatureOfAnotherKeyOrForged_IsRefused()
    {
        Sign("--new-key").Gives(ExitCode.Done);
        _run.Run("sign", _run.Name, "--key", Beside(".other"), "--new-key", "--out", Beside(".second")).Gives(ExitCode.Done);

        Assert.Contains("not with that of", Verify("--key", Beside(".other.pub")).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        var text = File.ReadAllText(Beside(".signature"));
        var root = SummaryFile.Root(new RunFolder(_run.Files.FullPath));
        File.WriteAllText(Beside(".signature"), text.Replace(root, new string('0', 64), StringComparison.Ordinal));
        Assert.Contains("did not sign the root hash", Verify().Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        File.WriteAllText(Beside(".signature"), text[..^9]);
        Assert.Contains("is no signature of a run", Verify().Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_WhatCannotBe_IsRefusedAndWritesNothing()
    {
        File.WriteAllText(Beside(".pem"), "no key");
        Assert.Contains("is no PEM key", Sign().Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("is there already", Sign("--new-key").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("would be no anchor", Sign("--out", _run.Files["s"]).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        _run.ChangeDigit("summary.json", 0, "\"accuracy\":");
        Assert.Contains("summary.json was changed", Sign().Gives(ExitCode.Difference).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Beside(".signature")));
    }

    [Theory]
    [InlineData("--against", "abc", "64 lower-case hex digits are wanted")]
    [InlineData("--key", "x.pem", "goes with --signature")]
    public void Verify_WrongAnchor_SaysWhatIsWanted(string option, string value, string words) =>
        Assert.Contains(words, _run.Verify(option, value).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);

    private Outcome Sign(params string[] more) => _run.Run(["sign", _run.Name, "--key", Beside(".pem"), .. more]);

    private Outcome Verify(params string[] more) => _run.Verify(["--steps", "0", "--signature", Beside(".signature"), .. more]);
}

using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Cluster.Tests.Nodes;

public sealed class SecretFileTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OfUser_FirstAndLater_IsOneSecretThatItsOwnerAloneCanRead()
    {
        var (first, second) = (OfUser(), OfUser());

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Text, SecretFile.FindOfUser(Variable)!.Text);
        Assert.Null(ClusterSecret.Problem(first.Text));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(Own, File.GetUnixFileMode(_folder["clustertrain/secret"]));
        Assert.Equal(Own | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["clustertrain"]));
    }

    [Fact]
    public void OfUser_ByManyAtOnce_IsOneSecret()
    {
        var made = new string[32];
        Parallel.For(0, made.Length, number => made[number] = OfUser().Text);
        Assert.Single(made.Distinct());
        Assert.Equal(["secret"], Directory.EnumerateFiles(_folder["clustertrain"]).Select(Path.GetFileName));
    }

    [Fact]
    public void OfUser_WithoutAHome_SaysWhatToSet() =>
        Assert.Contains("CLUSTERTRAIN_SECRET_FILE", Assert.Single(Assert.Throws<NodeSettingsException>(() => SecretFile.OfUser(_ => null)).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Read_FileThatOthersCanReadOrChange_IsRefused(UnixFileMode more)
    {
        if (OperatingSystem.IsWindows()) return;
        var path = Write(ClusterSecret.Make().Text, Own | more);
        Assert.Contains("chmod 600", Problem(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it has 0 characters")]
    [InlineData("short", "it has 5 characters; allowed are 32 to 256")]
    [InlineData("0123456789 0123456789 0123456789", "characters that are not allowed")]
    public void Read_WhatIsNoSecret_IsRefusedWithoutRepeatingIt(string text, string why)
    {
        var problem = Problem(Write(text, Own));
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.False(text.Length > 0 && problem.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_HugeFile_IsRefusedByItsLength() => Assert.Contains("it has 100000 bytes", Problem(Write(new string('a', 100_000), Own)), StringComparison.Ordinal);

    [Fact]
    public void Read_NoFile_IsRefused() => Assert.Contains("cannot be read", Problem(_folder["none"]), StringComparison.Ordinal);

    [Fact]
    public void Read_FileThatTheGroupMayReadWithANewLine_IsTheSecret()
    {
        var secret = ClusterSecret.Make();
        Assert.True(SecretFile.Read(Write(secret.Text + "\n", Own | UnixFileMode.GroupRead)).Is(secret.Text));
    }

    [Fact]
    public void Secret_InAnyText_IsNotShown()
    {
        var secret = ClusterSecret.Make();
        var settings = new NodeSettings { Roles = [], Seeds = [], Secret = secret };
        Assert.DoesNotContain(secret.Text, $"{secret} {settings} {settings.Credentials}", StringComparison.Ordinal);
    }

    [Fact]
    public void Key_OfOtherPurposesAndSecrets_IsAnotherOne()
    {
        var secret = ClusterSecret.Make();
        Assert.Equal(secret.Key("a"), new ClusterSecret(secret.Text).Key("a"));
        Assert.NotEqual(secret.Key("a"), secret.Key("b"));
        Assert.NotEqual(secret.Key("a"), ClusterSecret.Make().Key("a"));
    }

    private ClusterSecret OfUser() => SecretFile.OfUser(Variable);

    private string? Variable(string name) => name is "XDG_CONFIG_HOME" or "APPDATA" ? _folder.FullPath : null;

    private string Write(string text, UnixFileMode mode)
    {
        var path = _folder["given"];
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        return path;
    }

    private static string Problem(string path) => Assert.Single(Assert.Throws<NodeSettingsException>(() => SecretFile.Read(path)).Problems);
}

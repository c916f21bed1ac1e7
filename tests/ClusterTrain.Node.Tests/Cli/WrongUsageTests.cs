using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Cli;

public sealed class WrongUsageTests : IDisposable
{
    private readonly Shell _shell = new();

    public WrongUsageTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1025")]
    public void Train_WorkersOutOfRange_SaysTheRange(string workers) =>
        _shell.Refuses(["train", "tiny.yaml", "--workers", workers], [$"--workers {workers}", "1 to 1024"]);

    [Fact]
    public void Train_WorkersNoNumber_NamesOptionAndValue() =>
        _shell.Refuses(["train", "tiny.yaml", "--workers", "two"], ["--workers", "two"]);

    [Fact]
    public void Train_UnknownEngine_NamesTheOneThereIs() =>
        Assert.Equal(
            "error: --engine bogus: no such engine; allowed: local, processes, akka",
            _shell.Run("train", "tiny.yaml", "--engine", "bogus").Gives(ExitCode.WrongInput).ErrorLines[0]);

    [Theory]
    [InlineData("epochs", "path=value")]
    [InlineData("epochs 3", "path=value")]
    [InlineData("=3", "is not a path such as")]
    public void Train_SetWithoutPathOrValue_SaysTheForm(string set, string form) =>
        _shell.Refuses(["train", "tiny.yaml", "--set", set], ["--set", set, form]);

    [Fact]
    public void Train_SetUnknownKey_NamesTheNearest() =>
        _shell.Refuses(["train", "tiny.yaml", "--set", "optimizer.learningrat=3"], ["optimizer.learningrat", "learningRate"]);

    [Fact]
    public void Train_SeveralWrongSets_ReportsAll() => _shell.Refuses(
        ["train", "tiny.yaml", "--set", "seed=x", "--set", "epochs=0"], ["seed", "x"], ["epochs", "1 to 100000"]);

    [Fact]
    public void Program_UnknownCommand_SaysSo()
    {
        var outcome = _shell.Run("trian").Gives(ExitCode.WrongInput);

        Assert.Equal("error: trian: no such command; did you mean 'train'?", outcome.ErrorLines[0]);
        Assert.Contains("--help", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public void Program_NoCommand_NamesThoseForUsersAlone()
    {
        var error = _shell.Run().Gives(ExitCode.WrongInput).Error;

        Assert.Contains("train, evaluate", error, StringComparison.Ordinal);
        Assert.DoesNotContain("member", error + _shell.Run("wherever").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "--epochs", "--set epochs=")]
    [InlineData("train", "--learningRate", "--set optimizer.learningRate=")]
    [InlineData("submit", "--data.train", "--set data.train=")]
    [InlineData("train", "--worker", "did you mean '--workers'?")]
    public void Command_OptionThatIsAKeyOfTheSpec_SaysHowItIsSet(string command, string option, string said) =>
        _shell.Refuses([command, "tiny.yaml", option, "3"], [option, "unknown option", said]);

    [Theory]
    [InlineData("--out", "train", "tiny.yaml", "--out", "")]
    [InlineData("--data", "train", "tiny.yaml", "--data", " ")]
    [InlineData("--out", "train", "--resume", "--out", "")]
    [InlineData("SPEC", "train", "")]
    [InlineData("RUN", "evaluate", "")]
    [InlineData("--onnx", "export", "runs/tiny", "--onnx", "")]
    [InlineData("--server", "status", "--server", "")]
    public void Command_EmptyValue_NamesWhereItStands(string name, params string[] args) => _shell.Refuses(args, [name + ":", "empty"]);

    [Theory]
    [InlineData("train", "tiny.yaml", "--bogus")]
    [InlineData("evaluate", "runs/tiny", "--bogus")]
    [InlineData("verify", "runs/tiny", "--bogus=3")]
    public void Command_UnknownOption_NamesIt(params string[] args) => _shell.Refuses(args, [args[^1].Split('=')[0], "unknown option"]);

    [Theory]
    [InlineData("evaluate")]
    [InlineData("verify")]
    public void Command_FolderThatIsNoRun_SaysSo(string command)
    {
        Directory.CreateDirectory(_shell["empty"]);

        _shell.Refuses([command, "empty"], ["empty", "there is no run here", "spec.yaml"]);
        _shell.Refuses([command, "nowhere"], ["nowhere", "there is no run here"]);
    }

    [Fact]
    public void Compare_FolderThatIsNoRun_SaysSo()
    {
        _shell.Train("a");

        _shell.Refuses(["compare", "a", "nowhere"], ["nowhere", "there is no run here"]);
    }

    [Theory]
    [InlineData("pgd linf eps=x", "eps", "x")]
    [InlineData("pgd linf eps=-1", "eps", "0 to 1000")]
    [InlineData("pgq", "pgq", "pgd")]
    [InlineData("pgd linf esp=0.1", "esp", "eps")]
    [InlineData("fgsm step=0.1", "step", "fgsm")]
    [InlineData("pgd l3", "l3", "l2")]
    public void Evaluate_WrongAttack_SaysWhatIsAllowed(string attack, string wrong, string allowed)
    {
        _shell.Train("a");

        _shell.Refuses(["evaluate", "a", "--attack", attack], ["--attack", wrong, allowed]);
    }

    [Fact]
    public void Evaluate_NumbersOutOfRange_SaysTheRange()
    {
        _shell.Train("a");

        _shell.Refuses(["evaluate", "a", "--fail-under", "1.5"], ["--fail-under 1.5", "0 to 1"]);
        _shell.Refuses(["evaluate", "a", "--rows", "101"], ["--rows 101", "1 to 100"]);
        _shell.Refuses(["verify", "a", "--steps", "-1"], ["--steps -1", "0 and more"]);
    }

    [Fact]
    public void DataFetch_UnknownName_NamesTheKnownOnes() =>
        _shell.Refuses(["data", "fetch", "imagenet"], ["imagenet", "mnist"]);

    [Theory]
    [InlineData]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("verify")]
    [InlineData("compare")]
    [InlineData("sweep")]
    [InlineData("export")]
    [InlineData("check")]
    [InlineData("data")]
    public void Help_AnyCommand_PrintsUsage(params string[] command)
    {
        var outcome = _shell.Run([.. command, "--help"]).Gives(ExitCode.Done);

        Assert.Contains("Usage:", outcome.Out, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
    }
}

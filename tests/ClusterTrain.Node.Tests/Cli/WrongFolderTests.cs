using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Cli;

public sealed class WrongFolderTests : IDisposable
{
    private readonly Shell _shell = new();

    public WrongFolderTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_OutputBelowAFile_NamesIt()
    {
        _shell.Write("file", "a regular file");

        _shell.Refuses(["train", "tiny.yaml", "--out", "file/run"], ["cannot create the output folder", _shell["file/run"]]);
        _shell.Refuses(["train", "tiny.yaml", "--out", "file"], ["cannot create the output folder", _shell["file"]]);
    }

    [Fact]
    public void Train_OutputHoldsARun_SaysResumeOrOut()
    {
        _shell.Train("run");

        _shell.Refuses(["train", "tiny.yaml", "--out", "run"], ["already holds a run", "--resume", "--out"]);
    }

    [Fact]
    public void Resume_AnotherSpec_IsRefused()
    {
        _shell.Train("run");

        _shell.Refuses(["train", "tiny.yaml", "--set", "seed=2", "--resume", "--out", "run"], ["another spec", "--out"]);
    }

    [Fact]
    public void Resume_AnotherSpecOnAnInterruptedRun_IsRefused()
    {
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "run").Gives(ExitCode.Interrupted);

        _shell.Refuses(["train", "tiny.yaml", "--set", "seed=2", "--resume", "--out", "run"], ["another spec", "--out"]);
    }

    [Fact]
    public void Resume_CheckpointsOfAnotherRun_StartsNothingAndSaysWhy()
    {
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "run").Gives(ExitCode.Interrupted);
        var other = _shell.Train("other", "--set", "seed=2");
        Directory.Delete(_shell["run/checkpoints"], recursive: true);
        Directory.Move(other["checkpoints"], _shell["run/checkpoints"]);

        _shell.Refuses(["train", "--resume", "--out", "run"], ["no checkpoint to go on from", "step 20", "clustertrain.spec"]);
    }

    [Fact]
    public void Resume_NoRunThere_SaysSo()
    {
        _shell.Refuses(["train", "tiny.yaml", "--resume"], ["--resume", "there is no run", "--out"]);
        _shell.Refuses(["train", "tiny.yaml", "--resume", "--out", "nowhere"], ["nowhere", "there is no run here"]);
    }
}

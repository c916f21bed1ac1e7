using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Tests.Line;

public sealed class RunLineTests : IDisposable
{
    private static readonly RunSpec Spec = SpecLoader.Load(TinySpec.Text, "tiny.yaml", []).Spec!;
    private readonly TemporaryFolder _folder = new();
    private readonly RunLine _line;

    public RunLineTests() => _line = new RunLine(_folder["runs"], TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Add_SameNameThrice_NumbersThemAndKeepsTheirOrder()
    {
        Assert.Equal(["tiny", "tiny-2", "tiny-3"], [_line.Add(Spec), _line.Add(Spec), _line.Add(Spec)]);

        Assert.Equal([("tiny", KeptState.Queued), ("tiny-2", KeptState.Queued), ("tiny-3", KeptState.Queued)], States());
        Assert.Equal(["tiny", "tiny-2", "tiny-3"], _line.InLine().Select(run => run.Run));
    }

    [Fact]
    public void AddAgain_BeforeTheStoppedSessionHasEnded_IsNotLost()
    {
        Begun();
        Assert.Equal(KeptState.Interrupted, _line.Stop("tiny").State);
        _line.AddAgain("tiny");

        _line.End("tiny", KeptState.Interrupted);

        Assert.Equal(["tiny"], _line.InLine().Select(run => run.Run));
        Assert.NotNull(_line.Begin("tiny"));
    }

    [Fact]
    public void AddAgain_BeforeTheSessionFailsToSave_IsTriedAgain()
    {
        Begun();
        _line.Stop("tiny");
        _line.AddAgain("tiny");

        _line.End("tiny", KeptState.Failed, "no reason");

        Assert.Equal([("tiny", KeptState.Queued)], States());
    }

    [Theory]
    [InlineData(nameof(KeptState.Completed))]
    [InlineData(nameof(KeptState.StoppedEarly))]
    [InlineData(nameof(KeptState.Diverged))]
    public void End_ResultWhileTheUserStopsAndSubmitsAgain_Stays(string name)
    {
        var state = Enum.Parse<KeptState>(name);
        Begun();
        _line.Stop("tiny");
        _line.AddAgain("tiny");

        _line.End("tiny", state);

        Assert.Equal([("tiny", state)], States());
        Assert.Null(_line.Begin("tiny"));
        Assert.Contains("stays so; allowed are runs that were interrupted, cancelled or failed", Refusal(() => _line.AddAgain("tiny")), StringComparison.Ordinal);
    }

    [Fact]
    public void AddAgain_Failed_GoesToTheEndOfTheLineWithoutItsFault()
    {
        Begun();
        _line.End("tiny", KeptState.Failed, "data set 'x' is missing", "put it there");
        Assert.Equal(("data set 'x' is missing", "put it there"), (_line.Get("tiny").Why, _line.Get("tiny").Advice));
        _line.Add(Spec);

        _line.AddAgain("tiny");

        Assert.Equal(["tiny-2", "tiny"], _line.InLine().Select(run => run.Run));
        Assert.Null(_line.Get("tiny").Why);
        Assert.Contains("is in the line already (queued)", Refusal(() => _line.AddAgain("tiny")), StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_Waiting_IsCancelledAndNotTakenUp()
    {
        _line.Add(Spec);

        Assert.Equal(KeptState.Cancelled, _line.Stop("tiny").State);

        Assert.Null(_line.Begin("tiny"));
        Assert.Empty(_line.InLine());
        Assert.Contains("is cancelled; allowed are runs that are queued or running", Refusal(() => _line.Stop("tiny")), StringComparison.Ordinal);
    }

    [Fact]
    public void HandOver_AtWork_KeepsItsPlaceForTheNextServer()
    {
        Begun();
        _line.Add(Spec);

        _line.HandOver("tiny");

        var next = new RunLine(_folder["runs"], TimeProvider.System);
        Assert.Equal(["tiny", "tiny-2"], next.InLine().Select(run => run.Run));
        Assert.NotNull(next.Begin("tiny"));
        Assert.True(next.IsRunning("tiny"));
        next.End("tiny", KeptState.Completed);
        // The other server's word counts.
        Assert.Null(_line.Begin("tiny"));
    }

    [Theory]
    [InlineData("../runs/tiny")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("tinny")]
    public void Get_NoSuchRun_NamesWhatThereIs(string name)
    {
        _line.Add(Spec);

        var message = Refusal(() => _line.Get(name));

        Assert.Contains("there is no such run", message, StringComparison.Ordinal);
        Assert.Contains("tiny", message[name.Length..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{ \"run\": \"tiny\", \"state\": \"gone\" }")]
    public void All_DamagedState_IsAFailedRunThatSaysSo(string text)
    {
        _line.Add(Spec);
        File.WriteAllText(_folder["runs/tiny/state.json"], text);

        var run = Assert.Single(_line.All());

        Assert.Equal(KeptState.Failed, run.State);
        Assert.StartsWith("state.json cannot be read: ", run.Why, StringComparison.Ordinal);
        _line.AddAgain("tiny");
        Assert.Equal([("tiny", KeptState.Queued)], States());
    }

    [Fact]
    public void End_FolderThatCannotBeWritten_CountsAllTheSameAndIsWrittenLater()
    {
        Begun();
        var blocked = _folder["runs/tiny/state.json.tmp"];
        Directory.CreateDirectory(blocked);

        _line.End("tiny", KeptState.Failed, "no reason");

        Assert.Equal([("tiny", KeptState.Failed)], States());
        Assert.Equal(KeptState.Running, KeptRun.Read(_folder["runs/tiny"])!.State);
        Directory.Delete(blocked);
        Assert.Equal([("tiny", KeptState.Failed)], States());
        Assert.Equal(KeptState.Failed, KeptRun.Read(_folder["runs/tiny"])!.State);
    }

    [Fact]
    public void Hear_AnotherServersWord_CountsWhenItIsNewerAndOfTheSameRun()
    {
        Begun();
        var own = _line.Get("tiny");

        _line.Hear(own with { State = KeptState.Interrupted, Revision = own.Revision });
        Assert.Equal(KeptState.Running, _line.Get("tiny").State);
        _line.Hear(own with { State = KeptState.Interrupted, Revision = own.Revision + 1 });
        Assert.Equal(KeptState.Interrupted, _line.Get("tiny").State);
        _line.Hear(own with { State = KeptState.Queued, Revision = own.Revision + 9, Spec = "another" });
        Assert.Equal(KeptState.Interrupted, _line.Get("tiny").State);
        _line.Hear(own with { State = KeptState.Completed, Revision = 1 });
        Assert.Equal(KeptState.Completed, KeptRun.Read(_folder["runs/tiny"])!.State);
        _line.Hear(own with { State = KeptState.Running, Revision = 1000 });
        Assert.Equal([("tiny", KeptState.Completed)], States());
    }

    // Two servers changed the state equally often while they did not hear each other.
    [Theory]
    [InlineData(nameof(KeptState.Running), nameof(KeptState.Failed))]
    [InlineData(nameof(KeptState.Queued), nameof(KeptState.Interrupted))]
    [InlineData(nameof(KeptState.Queued), nameof(KeptState.Cancelled))]
    [InlineData(nameof(KeptState.Completed), nameof(KeptState.Running))]
    public void Hear_AsOftenChangedAsHere_BothServersComeToTheSame(string wins, string loses)
    {
        Begun();
        var running = _line.Get("tiny");
        var (winner, loser) = (running with { State = Enum.Parse<KeptState>(wins), Revision = 9 }, running with { State = Enum.Parse<KeptState>(loses), Revision = 9 });

        _line.Hear(loser);
        _line.Hear(winner);
        Assert.Equal(winner.State, _line.Get("tiny").State);
        _line.Hear(loser);
        Assert.Equal(winner.State, _line.Get("tiny").State);
    }

    [Fact]
    public void Insist_AtWorkHereAndGivenUpElsewhere_IsToldToBeAtWork()
    {
        Begun();
        List<KeptRun> told = [];
        _line.Changed = run =>
        {
            told.Add(run);
            return Task.CompletedTask;
        };
        var other = _line.Get("tiny") with { State = KeptState.Failed, Revision = 20, Why = "no data" };

        _line.Insist(other);

        Assert.Equal((KeptState.Running, 21L, null), (told[^1].State, told[^1].Revision, told[^1].Why));
        _line.Insist(other);
        Assert.Single(told);
        _line.Stop("tiny");
        _line.Insist(other with { Revision = 40 });
        Assert.Equal([("tiny", KeptState.Interrupted)], States());
    }

    [Fact]
    public void Hear_RunWhoseFilesAreElsewhere_IsKnownAndCarriedOnceTheyAreHere()
    {
        List<KeptRun> told = [];
        _line.Changed = run =>
        {
            told.Add(run);
            return Task.CompletedTask;
        };
        _line.Hear(new KeptRun { Run = "tiny", State = KeptState.Running, Place = 7, Revision = 3, Incarnation = 4 });

        Assert.Equal([("tiny", KeptState.Running)], States());
        Assert.Contains("on a server that is not here", Assert.Single(_line.All()).Why, StringComparison.Ordinal);
        Assert.Empty(_line.InLine());
        Assert.Equal("tiny-2", _line.Add(Spec));
        Assert.Equal(8, Assert.Single(told).Place);
        Directory.CreateDirectory(_folder["runs/tiny"]);
        new KeptRun { Run = "tiny", State = KeptState.Queued, Place = 7 }.Write(_folder["runs/tiny"]);
        _line.Hear(new KeptRun { Run = "tiny", State = KeptState.Running, Place = 7, Revision = 2 });

        Assert.Equal(["tiny", "tiny-2"], _line.InLine().Select(run => run.Run));
        Assert.Equal(4, _line.Begin("tiny")!.Incarnation);
        _line.Count("tiny", 5);
        Assert.Equal(5, told[^1].Incarnation);
    }

    [Theory]
    [InlineData("../tiny")]
    [InlineData("..")]
    [InlineData("")]
    public void Hear_NameThatLeadsOut_IsNotTaken(string name)
    {
        _line.Hear(new KeptRun { Run = name, State = KeptState.Queued, Revision = 1 });

        Assert.Empty(_line.All());
    }

    private static string Refusal(Action action) => Assert.Throws<WrongInputException>(action).Message;

    private void Begun()
    {
        _line.Add(Spec);
        Assert.NotNull(_line.Begin("tiny"));
    }

    private IEnumerable<(string Run, KeptState State)> States() => _line.All().Select(run => (run.Run, run.State));
}

using ClusterTrain.Extending.Tests.Attacks;
using ClusterTrain.Extending.Tests.Losses;
using ClusterTrain.Extending.Tests.Optimizers;
using ClusterTrain.Extending.Tests.Schedules;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;
using ClusterTrain.Training.State;
using static ClusterTrain.Testing.SpecText;

namespace ClusterTrain.Extending.Tests;

/// <summary>Techniques that this program alone knows are read, checked, written, documented and trained with like any other.</summary>
public sealed class TechniquesTests
{
    private const string Yaml = """
        epochs: 4
        batch: { size: 24, shards: 4 }
        network:
          layers:
            - { type: dense, units: 16 }
            - { type: relu }
            - { type: dense, units: 4 }
        optimizer: { type: signum, learningRate: 0.01, beta: 0.8 }
        schedule: { type: linear, finalFactor: 0.1, warmupEpochs: 0.5 }
        adversarial: { attack: { method: noise, epsilon: 8/255, draws: 2 }, objective: focal, gamma: 3 }
        evaluation: { testAttack: { method: noise, epsilon: 0.2, draws: 5 } }
        """;

    [Fact]
    public void Load_AddedTechniques_AreReadAndWrittenBack()
    {
        var spec = Clean(Yaml);

        Assert.Equal(new SignumRule { Beta = 0.8 }, spec.Optimizer.Type);
        Assert.Equal(new LinearSchedule { FinalFactor = 0.1 }, spec.Schedule.Type);
        Assert.Equal(new FocalObjective { Gamma = 3 }, spec.Adversarial.Objective);
        Assert.Equal(new NoiseAttack { Epsilon = 8.0 / 255, Draws = 2 }, spec.Adversarial.Attack);
        Assert.Equal(spec, Clean(SpecWriter.Write(spec)));
        Assert.Contains("\n  type: signum\n  beta: 0.8\n", SpecWriter.Write(spec), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongOptionOfAnAddedTechnique_IsReportedLikeAnyOther()
    {
        Assert.Equal("'0' is out of range; allowed: 1 to 10000 points", OnlyError("evaluation: { testAttack: { method: noise, draws: 0 } }").Message);
        Assert.EndsWith("did you mean 'signum'?", OnlyError("optimizer: { type: signun }").Message, StringComparison.Ordinal);
        Assert.Equal("sgd has no beta: ignored", OnlyWarning("optimizer: { type: sgd, beta: 0.5 }").Message);
    }

    [Fact]
    public void Print_AddedAttack_ReadsBack()
    {
        var attack = new NoiseAttack { Epsilon = 0.2, Draws = 5 };

        Assert.Equal("noise linf eps=0.2 draws=5", AttackText.Print(attack));
        Assert.Equal(attack, AttackText.Parse("noise linf eps=0.2 draws=5").Attack);
    }

    [Fact]
    public void Markdown_AddedTechniques_StandInThePage() => Assert.All(
        (string[])["| `noise` |", "| `signum` |", "| `linear` |", "| `focal` |", "| `optimizer.beta` |", "| `noise` | `draws` |"],
        text => Assert.Contains(text, SpecDocs.Markdown(), StringComparison.Ordinal));

    [Fact]
    public void Train_WithAddedTechniques_LearnsTheSameBitsAtAnyNumberOfWorkers()
    {
        var context = TinyRuns.Context(Clean(Yaml));
        var serial = StateBits.Of(new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model);
        foreach (var workers in (int[])[1, 3])
        {
            var outcome = new LocalEngine(new EngineOptions { Workers = workers }, TimeProvider.System).Run(
                EngineRun.Of(context, RunState.Initial(context.Plan)), new RecordingObserver(), CancellationToken.None);
            Assert.Equal(serial, StateBits.Of(outcome.Model));
        }
    }

    [Theory]
    [InlineData("optimizer.type=sgd")]
    [InlineData("schedule.type=cosine")]
    [InlineData("adversarial.attack.method=fgsm")]
    [InlineData("adversarial.objective=crossEntropy")]
    [InlineData("adversarial.gamma=1")]
    public void Train_AnotherTechniqueInItsPlace_EndsInOtherWeights(string set)
    {
        Assert.NotEqual(Trained(), Trained(set));

        static string Trained(params string[] sets)
        {
            var context = TinyRuns.Context(Load(Yaml, sets).Spec!);
            return StateBits.Of(new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model);
        }
    }

    [Fact]
    public void Page_AboutExtending_ShowsTheseVeryFiles()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "extending.md")).ReplaceLineEndings("\n");
        var folder = Path.Combine(Repository.Root, "tests", "ClusterTrain.Extending.Tests");
        Assert.All(
            (string[])["Attacks/NoiseAttack.cs", "Optimizers/SignumRule.cs", "Schedules/LinearSchedule.cs", "Losses/FocalObjective.cs", "Engines/SoloEngine.cs"],
            file => Assert.Contains(
                "```csharp\n" + File.ReadAllText(Path.Combine(folder, file)).ReplaceLineEndings("\n") + "```\n", page, StringComparison.Ordinal));
        Assert.Contains("```yaml\n" + Yaml.ReplaceLineEndings("\n") + "\n```\n", page, StringComparison.Ordinal);
    }
}

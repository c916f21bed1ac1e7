using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Tests.Evaluation;

public sealed class StandardSequenceTests
{
    private static readonly bool[] Clean = TinyNetwork.Honest().Clean(40);

    [Fact]
    public void Of_ManyClasses_IsTheWholeSequence() => Assert.Equal(
        [
            "apgd-ce linf eps=0.1 steps=100", "apgd-dlr linf eps=0.1 steps=100", "apgd-targeted linf eps=0.1 steps=100 targets=9",
            "pgd linf eps=0.1 step=0.01 steps=50 momentum=0.75 restarts=2", "square linf eps=0.1 queries=5000",
        ],
        StandardSequence.Worst.Of(AttackNorm.Linf, 0.1, 10).Select(AttackText.Print));

    [Fact]
    public void Of_Autoattack_HasThePublishedOrderTargetsAndQueries() => Assert.Equal(
        [
            "apgd-ce l2 eps=0.5 steps=100", "apgd-targeted l2 eps=0.5 steps=100 targets=9", "fab-targeted l2 eps=0.5 steps=100 targets=9",
            "square l2 eps=0.5 queries=5000",
        ],
        StandardSequence.Catalogue.Get("autoattack").Of(AttackNorm.L2, 0.5, 10).Select(AttackText.Print));

    [Theory]
    [InlineData(2, "apgdCe pgd square")]
    [InlineData(3, "apgdCe apgdDlr pgd square")]
    [InlineData(4, "apgdCe apgdDlr apgdTargeted pgd square")]
    public void Of_FewClasses_LeavesOutWhatNeedsMore(int classes, string methods) => Assert.Equal(
        methods, string.Join(' ', StandardSequence.Worst.Of(AttackNorm.L2, 1, classes).Select(attack => attack.Name)));

    [Fact]
    public void Run_EachAttackOnWhatStands_IsTheWorstCaseOfEachAttackAlone()
    {
        var stages = StandardSequence.Run(TinyNetwork.Honest(), TinyNetwork.Sequence(), Clean);
        var alone = TinyNetwork.Sequence().Select(attack => TinyNetwork.Honest().Attack(attack, Clean)).ToList();

        var standing = Clean;
        for (var i = 0; i < stages.Count; i++)
        {
            Assert.Equal(standing, stages[i].Standing);
            standing = [.. standing.Zip(alone[i].StillCorrect, (a, b) => a && b)];
            Assert.Equal(standing, stages[i].StillCorrect);
            Assert.Equal(stages[i].Attacked - stages[i].Broken, standing.Count(row => row));
            Assert.InRange(stages[^1].RobustAccuracy, 0, alone[i].RobustAccuracy);
        }

        Assert.Contains(true, standing);
        Assert.True(stages[0].Broken > 0);
    }

    [Fact]
    public void Run_OneAttackMore_NeverRaisesTheWorstCase()
    {
        var attacks = TinyNetwork.Sequence();
        for (var left = 0; left < attacks.Count; left++)
        {
            var without = StandardSequence.Run(TinyNetwork.Honest(), [.. attacks.Where((_, i) => i != left)], Clean)[^1].StillCorrect;
            var with = StandardSequence.Run(TinyNetwork.Honest(), attacks, Clean)[^1].StillCorrect;
            Assert.All(without.Zip(with), row => Assert.True(row.First || !row.Second));
        }
    }

    [Fact]
    public void Run_LargeBall_LeavesNothing() =>
        Assert.Equal(0, StandardSequence.Run(TinyNetwork.Honest(), TinyNetwork.Sequence(0.5), Clean)[^1].RobustAccuracy);

    [Theory]
    [InlineData("worst", AttackNorm.L2, 0.7)]
    [InlineData("WORST linf", AttackNorm.Linf, 0.7)]
    [InlineData("worst eps=0.2", AttackNorm.L2, 0.2)]
    [InlineData("worst linf eps=0.3", AttackNorm.Linf, 0.3)]
    [InlineData("autoattack eps=0.3", AttackNorm.L2, 0.3)]
    public void Ball_OfALine_TakesTheRestFromTheTestAttack(string text, AttackNorm norm, double epsilon)
    {
        var spec = new RunSpec
        {
            Evaluation = new EvaluationSpec { TestAttack = new PgdAttack { Norm = AttackNorm.L2, Epsilon = 0.7 } },
            Adversarial = new AdversarialSpec { Attack = new PgdAttack { Epsilon = 0.9 } },
        };

        var ball = StandardSequence.Named(text)!.Ball(text, spec).Attack as BallAttack;
        Assert.Equal((norm, epsilon), (ball?.Norm, ball?.Epsilon));
    }

    [Fact]
    public void Ball_NoTestAttack_IsThatOfTheTrainingAttack()
    {
        var spec = new RunSpec { Adversarial = new AdversarialSpec { Attack = new PgdAttack { Epsilon = 0.9 } } };

        Assert.Equal(0.9, (StandardSequence.Worst.Ball("worst", spec).Attack as BallAttack)?.Epsilon);
    }

    [Theory]
    [InlineData("worst", "eps", "name it, as in \"worst linf eps=0.1\"")]
    [InlineData("worst steps=7", "steps", "worst has no option of this name; allowed: eps")]
    [InlineData("worst l3", "norm", "wants one of linf, l2")]
    public void Ball_Wrong_SaysWhatIsMissing(string text, string path, string message)
    {
        var result = StandardSequence.Worst.Ball(text, new RunSpec());

        Assert.Null(result.Attack);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Specs;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class AttackTextTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("fgsm linf eps=0.1")]
    [InlineData("fgsm l2 eps=2")]
    [InlineData("pgd linf eps=0.1 step=0.01 steps=50")]
    [InlineData("pgd l2 eps=1.5 step=0.25 steps=50 restarts=2 start=none")]
    [InlineData("pgd linf eps=0.1 step=0.01 steps=50 momentum=0.9 restarts=2")]
    [InlineData("apgd-ce linf eps=0.1 steps=100")]
    [InlineData("apgd-dlr l2 eps=1.5 steps=50 restarts=3 start=none")]
    [InlineData("apgd-targeted linf eps=0.1 steps=100 targets=9")]
    [InlineData("square linf eps=0.1 queries=1000")]
    [InlineData("square l2 eps=2 queries=500 restarts=2")]
    public void Print_OfParsed_IsTheSameText(string text) => Assert.Equal(text, AttackText.Print(Parsed(text)));

    [Fact]
    public void Parse_Pgd_HasEveryKey() => Assert.Equal(
        new PgdAttack { Norm = AttackNorm.L2, Epsilon = 0.5, StepSize = 0.05, Steps = 20, Restarts = 3, RandomStart = false },
        Parsed("  PGD l2 start=none restarts=3 steps=20\teps=5e-1 step=0.05 "));

    [Theory]
    [InlineData("apgd-ce", "apgdCe")]
    [InlineData("apgdCe", "apgdCe")]
    [InlineData("APGD-DLR", "apgdDlr")]
    [InlineData("apgdTargeted", "apgdTargeted")]
    public void Parse_NameOfASpecOrOfALine_IsTheMethod(string text, string method) => Assert.Equal(method, Parsed(text).Name);

    [Fact]
    public void Parse_Fraction_IsTheQuotientAndIsPrintedSoThatItReadsBack()
    {
        var attack = Assert.IsType<PgdAttack>(Parsed("pgd linf eps=8/255 step=2/255"));

        Assert.Equal((8.0 / 255, 2.0 / 255), (attack.Epsilon, attack.StepSize));
        Assert.Equal("pgd linf eps=0.03137254901960784 step=0.00784313725490196 steps=7", AttackText.Print(attack));
        Assert.Equal(attack, Parsed(AttackText.Print(attack)));
    }

    [Fact]
    public void Parse_OptionsLeftOut_HaveTheirDefaults()
    {
        Assert.Equal(new PgdAttack(), Parsed("pgd"));
        Assert.True(((PgdAttack)Parsed("pgd linf eps=0.2")).RandomStart);
        Assert.Equal(new ApgdTargetedAttack { Steps = 100 }, Parsed("apgd-targeted"));
        Assert.Equal(new SquareAttack(), Parsed("square"));
    }

    [Fact]
    public void Parse_OfPrinted_IsTheSameAttackForAnySettings()
    {
        var attacks =
            from method in Gen.Elements<Attack>(Attack.Catalogue.All)
            from norm in Gen.Elements(Enum.GetValues<AttackNorm>())
            from numbers in Gen.Choose(1, 100_000).ArrayOf(6)
            from restarts in Gen.Choose(1, 1000)
            from start in Gen.Elements(true, false)
            select Filled(method, norm, numbers, restarts, start);

        Prop.ForAll(attacks.ToArbitrary(), attack => Assert.Equal(attack, Parsed(AttackText.Print(attack))))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Theory]
    [InlineData("", "method", 1, "is missing; allowed: none, fgsm, pgd, apgd-ce, apgd-dlr, apgd-targeted, fab-targeted, square")]
    [InlineData("pdg linf", "method", 1, "wants one of none, fgsm, pgd, apgd-ce, apgd-dlr, apgd-targeted, fab-targeted, square; 'pdg' is given; did you mean 'pgd'?")]
    [InlineData("pgd linff", "norm", 5, "wants one of linf, l2; 'linff' is given; did you mean 'linf'?")]
    [InlineData("pgd linf esp=0.1", "esp", 10, "pgd has no option of this name; did you mean 'eps'?")]
    [InlineData("pgd linf decay=1", "decay", 10, "pgd has no option of this name; allowed: eps, step, steps, momentum, restarts, start")]
    [InlineData("pgd linf momentum=1.5", "momentum", 10, "'1.5' is out of range; allowed: 0 to 1")]
    [InlineData("apgd-cee linf", "method", 1, "wants one of none, fgsm, pgd, apgd-ce, apgd-dlr, apgd-targeted, fab-targeted, square; 'apgd-cee' is given; did you mean 'apgd-ce'?")]
    [InlineData("apgd-ce linf targets=3", "targets", 14, "apgd-ce has no option of this name; allowed: eps, steps, restarts, start")]
    [InlineData("apgd-targeted targets=0", "targets", 15, "'0' is out of range; allowed: 1 to 255 classes")]
    [InlineData("square linf steps=5", "steps", 13, "square has no option of this name; allowed: eps, queries, restarts")]
    [InlineData("square queries=0", "queries", 8, "'0' is out of range; allowed: 1 to 100000 queries")]
    [InlineData("fgsm linf restarts=7", "restarts", 11, "fgsm has no option of this name; allowed: eps")]
    [InlineData("pgd linf eps", "eps", 10, "wants a value, as in eps=...")]
    [InlineData("pgd linf eps=", "eps", 10, "wants a number (0 to 1000); no value is given")]
    [InlineData("pgd linf eps=0.1 eps=0.2", "eps", 18, "is given twice")]
    [InlineData("pgd linf eps=-1", "eps", 10, "'-1' is out of range; allowed: 0 to 1000")]
    [InlineData("pgd linf eps=8/0", "eps", 10, "'8/0' is out of range; allowed: 0 to 1000")]
    [InlineData("pgd linf eps=8/", "eps", 10, "wants a number (0 to 1000); '8/' is given")]
    [InlineData("pgd linf steps=8/2", "steps", 10, "wants a whole number (1 to 10000 steps); '8/2' is given")]
    [InlineData("pgd linf steps=0", "steps", 10, "'0' is out of range; allowed: 1 to 10000 steps")]
    [InlineData("pgd linf steps=1.5", "steps", 10, "wants a whole number (1 to 10000 steps); '1.5' is given")]
    [InlineData("pgd linf start=maybe", "start", 10, "wants one of random, none; 'maybe' is given")]
    [InlineData("pgd linf step=0", "step", 10, "pgd wants a step above 0; 0 is given")]
    [InlineData("none linf", "method", 6, "none takes nothing after it; 'linf' is given")]
    public void Parse_Wrong_SaysWhatIsAllowedAndWhere(string text, string path, int column, string message)
    {
        var result = AttackText.Parse(text);

        Assert.Null(result.Attack);
        var problem = Assert.Single(result.Problems);
        Assert.Equal((path, column, message), (problem.Path, problem.Column, problem.Message));
    }

    [Fact]
    public void Parse_SeveralWrong_AreAllReported()
    {
        var result = AttackText.Parse("pgg linff eps=x stpes=5");

        Assert.Equal(["method", "norm", "eps", "stpes"], result.Problems.Select(problem => problem.Path));
    }

    [Fact]
    public void Parse_EdgeOutOfReach_WarnsAndGivesTheAttack()
    {
        var result = AttackText.Parse("pgd linf eps=0.3 step=0.01 steps=10 start=none");

        Assert.NotNull(result.Attack);
        Assert.Equal(("step", 18, SpecSeverity.Warning), Assert.Single(result.Problems) is var problem
            ? (problem.Path, problem.Column, problem.Severity)
            : default);
    }

    private static Attack Parsed(string text)
    {
        var result = AttackText.Parse(text);
        Assert.DoesNotContain(result.Problems, problem => problem.Severity == SpecSeverity.Error);
        return result.Attack!;
    }

    private static Attack Filled(Attack method, AttackNorm norm, int[] numbers, int restarts, bool start)
    {
        var (steps, epsilon) = (1 + (numbers[2] % 10_000), numbers[0] / 977.0);
        return method switch
        {
            PgdAttack => new PgdAttack
            {
                Norm = norm, Epsilon = epsilon, StepSize = numbers[1] / 99_991.0, Steps = steps, Restarts = restarts, RandomStart = start,
                Momentum = numbers[3] / 100_000.0,
            },
            ApgdTargetedAttack apgd => apgd with
            {
                Norm = norm, Epsilon = epsilon, Steps = steps, Restarts = restarts, RandomStart = start, Targets = 1 + (numbers[4] % 255),
            },
            ApgdAttack apgd => apgd with { Norm = norm, Epsilon = epsilon, Steps = steps, Restarts = restarts, RandomStart = start },
            SquareAttack square => square with { Norm = norm, Epsilon = epsilon, Queries = numbers[5], Restarts = restarts },
            BallAttack other => other with { Norm = norm, Epsilon = epsilon },
            _ => method,
        };
    }
}

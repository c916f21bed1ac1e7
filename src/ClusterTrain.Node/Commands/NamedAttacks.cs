using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Rules;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Commands;

/// <summary>What stands after <c>--attack</c>: attacks on one line, and names of standard sequences.</summary>
internal sealed class NamedAttacks
{
    private readonly List<BallAttack> _attacks;
    private readonly List<string> _sequences;

    private readonly bool _isSilent;

    private NamedAttacks(List<BallAttack> attacks, List<string> sequences, bool isSilent) =>
        (_attacks, _sequences, _isSilent) = (attacks, sequences, isSilent);

    /// <summary>Reads the lines as far as that needs no run.</summary>
    /// <exception cref="WrongInputException">Some cannot be read; all problems are named.</exception>
    public static NamedAttacks Read(IReadOnlyList<string> texts)
    {
        List<string> sequences = [.. texts.Where(text => StandardSequence.Named(text) is not null)];
        var results = texts.Where(text => StandardSequence.Named(text) is null).Select(AttackText.Parse).ToList();
        // A spec that gives every ball, so that this reads the words alone.
        var somewhere = new RunSpec { Evaluation = new EvaluationSpec { TestAttack = new FgsmAttack() } };
        Require([.. results.Concat(sequences.Select(text => Ball(text, somewhere))).SelectMany(result => result.Problems)]);
        return new NamedAttacks([.. results.Select(result => result.Attack).OfType<BallAttack>()], sequences, texts.Count == 0);
    }

    /// <summary>The attacks against a run: without any, its test attack.</summary>
    /// <exception cref="WrongInputException">The run cannot be attacked so; all problems are named.</exception>
    public (List<BallAttack> Attacks, List<(string Name, IReadOnlyList<BallAttack> Attacks)> Sequences) Against(RunContext context)
    {
        var classes = context.Data.Classes;
        List<BallAttack> attacks = _isSilent ? [.. new[] { context.Spec.Evaluation.TestAttack }.OfType<BallAttack>()] : _attacks;
        var balls = _sequences.Select(text => Ball(text, context.Spec)).ToList();
        Require(
        [
            .. attacks.Select(attack => SpecRules.AttackAgainstData(attack, classes)).OfType<SpecProblem>(),
            .. balls.SelectMany(ball => ball.Problems),
        ]);
        if (attacks.Count + balls.Count > 0 && InferenceNoise.Refusal(context.Spec) is { } refusal)
            throw new WrongInputException(refusal);
        return (attacks, [.. _sequences.Zip(balls, (text, ball) => (Sequence: StandardSequence.Named(text)!, Ball: (BallAttack)ball.Attack!))
            .Select(named => (named.Sequence.Name, named.Sequence.Of(named.Ball.Norm, named.Ball.Epsilon, classes)))]);
    }

    private static AttackResult Ball(string text, RunSpec spec) => StandardSequence.Named(text)!.Ball(text, spec);

    private static void Require(IReadOnlyList<SpecProblem> problems)
    {
        List<string> errors = [.. problems
            .Where(problem => problem.Severity == SpecSeverity.Error)
            .Select(problem => "--attack: " + problem.Plain())];
        if (errors.Count > 0) throw new WrongInputException(errors);
    }
}

using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Rules;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Commands;

/// <summary>What stands after <c>--attack</c>: attacks on one line, and names of the standard sequence.</summary>
internal sealed class NamedAttacks
{
    private readonly List<AttackSpec> _attacks;
    private readonly List<string> _sequences;

    private NamedAttacks(List<AttackSpec> attacks, List<string> sequences) => (_attacks, _sequences) = (attacks, sequences);

    /// <summary>Reads the lines as far as that needs no run.</summary>
    /// <exception cref="WrongInputException">Some cannot be read; all problems are named.</exception>
    public static NamedAttacks Read(IReadOnlyList<string> texts)
    {
        List<string> sequences = [.. texts.Where(StandardSequence.IsNamed)];
        var results = texts.Where(text => !StandardSequence.IsNamed(text)).Select(AttackText.Parse).ToList();
        // A spec that gives every ball, so that this reads the words alone.
        var somewhere = new RunSpec { Evaluation = new EvaluationSpec { TestAttack = new AttackSpec { Method = AttackMethod.Fgsm } } };
        Require([.. results.Concat(sequences.Select(text => StandardSequence.Ball(text, somewhere))).SelectMany(result => result.Problems)]);
        return new NamedAttacks([.. results.Select(result => result.Attack!)], sequences);
    }

    /// <summary>The attacks against a run: without any, its test attack.</summary>
    /// <exception cref="WrongInputException">The run cannot be attacked so; all problems are named.</exception>
    public (List<AttackSpec> Attacks, List<IReadOnlyList<AttackSpec>> Sequences) Against(RunContext context)
    {
        var classes = context.Data.Classes;
        var isSilent = _attacks.Count + _sequences.Count == 0;
        List<AttackSpec> attacks = [.. (isSilent ? [context.Spec.Evaluation.TestAttack] : _attacks)
            .Where(attack => attack.Method != AttackMethod.None)];
        var balls = _sequences.Select(text => StandardSequence.Ball(text, context.Spec)).ToList();
        Require(
        [
            .. attacks.Select(attack => SpecRules.AttackAgainstData(attack, classes)).OfType<SpecProblem>(),
            .. balls.SelectMany(ball => ball.Problems),
        ]);
        if (attacks.Count + balls.Count > 0 && InferenceNoise.Refusal(context.Spec) is { } refusal)
            throw new WrongInputException(refusal);
        return (attacks, [.. balls.Select(ball => StandardSequence.Of(ball.Attack!.Norm, ball.Attack.Epsilon, classes))]);
    }

    private static void Require(IReadOnlyList<SpecProblem> problems)
    {
        List<string> errors = [.. problems
            .Where(problem => problem.Severity == SpecSeverity.Error)
            .Select(problem => "--attack: " + problem.Plain())];
        if (errors.Count > 0) throw new WrongInputException(errors);
    }
}

using ClusterTrain.Node.Progress;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>One attack of a sequence.</summary>
/// <param name="Attack">On one line.</param>
/// <param name="Attacked">Rows that stood before it.</param>
/// <param name="Broken">Rows of these that it broke.</param>
/// <param name="RobustAccuracy">Share of all rows that stand after it.</param>
/// <param name="LargestPerturbation">In the attack's norm.</param>
/// <param name="Seconds">Time it took.</param>
internal sealed record StageFigure(
    string Attack, int Attacked, int Broken, double RobustAccuracy, double LargestPerturbation, double Seconds);

/// <summary>A standard sequence: attacks one after another, each on the rows that still stood.</summary>
/// <param name="Name">The sequence with its ball.</param>
/// <param name="RobustAccuracy">Share of all rows that stand after the last attack.</param>
/// <param name="Stages">The attacks in order.</param>
internal sealed record SequenceFigure(string Name, double RobustAccuracy, IReadOnlyList<StageFigure> Stages)
{
    public static SequenceFigure Of((string Name, IReadOnlyList<AttackOutcome> Stages) sequence)
    {
        var (name, stages) = sequence;
        var ball = AttackText.Print(new FgsmAttack { Norm = stages[0].Attack.Norm, Epsilon = stages[0].Attack.Epsilon });
        return new SequenceFigure(
            name + ball[ball.IndexOf(' ', StringComparison.Ordinal)..], stages[^1].RobustAccuracy,
            [.. stages.Select(stage => new StageFigure(
                AttackText.Print(stage.Attack), stage.Attacked, stage.Broken, stage.RobustAccuracy, stage.LargestPerturbation,
                stage.Time.TotalSeconds))]);
    }

    public void Show(TextWriter output)
    {
        output.WriteLine($"{Name}, each attack on the rows that still stand:");
        List<IReadOnlyList<string>> table = [["attack", "attacked", "broken", "robust after", "time"]];
        table.AddRange(Stages.Select(stage => (IReadOnlyList<string>)
        [
            stage.Attack, Figures.Count(stage.Attacked),
            $"{Figures.Count(stage.Broken)} ({Figures.Percent(stage.Attacked == 0 ? 0 : (double)stage.Broken / stage.Attacked)})",
            Figures.Percent(stage.RobustAccuracy), Figures.Duration(stage.Seconds),
        ]));
        foreach (var line in TextTable.Lines(table)) output.WriteLine("  " + line);
    }
}

using System.CommandLine;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Commands;

/// <summary><c>variance [SPEC]</c>: its words. What they do is in <see cref="VarianceSession"/>.</summary>
internal static class VarianceCommand
{
    private const string Description =
        "Ensemble against dropout: train the arms of a study, and measure which share of the error their members have in common.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var spec = new Argument<string?>("SPEC") { Description = "Study spec (YAML). None: the embedded study on Fashion-MNIST.", Arity = ArgumentArity.ZeroOrOne };
        var (set, data, workers) = (CommonOptions.Set(), CommonOptions.Data(), CommonOptions.Workers());
        var quick = new Option<bool>("--quick")
        {
            Description = "One training set, eight members, the arms a, c and d: under three minutes. Without SPEC and Fashion-MNIST, on the built-in glyphs.",
        };
        var engine = new Option<string>("--engine")
        {
            Description = "Who trains members: local (as many at once as workers, a thread each), processes (the same, a process each), "
                + "akka (one after another, by a cluster's nodes on this machine).",
            HelpName = EngineCatalogue.Choice,
            DefaultValueFactory = _ => EngineCatalogue.Default,
        };
        var output = new Option<string?>("--out") { Description = "The study's folder (default: studies/NAME, the first that is free).", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on with the study in --out, to the same bits." };
        var command = new Command("variance", Description) { spec, quick, set, data, workers, engine, output, resume };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => new VarianceSession(
            surroundings,
            new VarianceRequest(
                result.GetValue(spec), result.GetValue(quick), result.GetValue(set) ?? [], result.GetValue(data),
                CommonOptions.Checked(result.GetValue(workers)), result.GetValue(engine)!, result.GetValue(output),
                result.GetValue(resume))).Run()));
        return command.With(
            "variance --quick                               three arms of eight, under three minutes",
            "variance --data ../data                        the full study on Fashion-MNIST",
            "variance cluster-config/studies/mnist-adversarial-variance.yaml --engine processes",
            "variance --resume --out studies/fashion-mnist-variance");
    }
}

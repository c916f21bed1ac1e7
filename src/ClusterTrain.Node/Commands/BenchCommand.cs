using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ClusterTrain.Cluster.Benchmarks;
using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Training.Benchmarks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary><c>bench</c>: this machine's figures, each beside its limit.</summary>
internal static class BenchCommand
{
    private static readonly string[] Maths = ["managed", "mkl"];
    private const string Scale = "scale";
    private static readonly string[] Kinds = ["gemm", "step", "reduce", "plane", "server", Scale];

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var kind = new Argument<string?>("KIND") { Description = "gemm, step, reduce, plane, server or scale (default: all but scale, which takes minutes).", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var math = new Option<string>("--math")
        {
            Description = "Backend of the matrix products: managed or mkl.",
            DefaultValueFactory = _ => Maths[0],
        };
        var command = new Command("bench", "Measure this machine, one core or one connection: each figure beside the limit measured in the same run.") { kind, math, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
            Run(surroundings, result.GetValue(kind), result.GetValue(math)!, result.GetValue(json))));
        return command.With("bench", "bench gemm --json", "bench step --math mkl", "bench plane", "bench server", "bench scale      a second worker, and engines beside local");
    }

    private static int Run(Surroundings surroundings, string? kind, string math, bool json)
    {
        if (kind is not null && !Kinds.Contains(kind))
            throw new WrongInputException($"{kind}: no such benchmark; allowed: {string.Join(", ", Kinds)}");
        if (!Maths.Contains(math))
            throw new WrongInputException($"--math {math}: no such backend; allowed: {string.Join(", ", Maths)}");
        var products = SpecInput.Math(surroundings).Select(math == Maths[0] ? MathChoice.Managed : MathChoice.Mkl).Create;
        var sampler = new Sampler(surroundings.Time);
        var figures = new List<BenchFigure>();
        try
        {
            foreach (var figure in kind == Scale ? ScaleBench.Run(math, surroundings.Stop) : Figures(kind, products, sampler, surroundings.Time))
            {
                figures.Add(figure);
                if (!json) surroundings.Out.WriteLine(Line(figure));
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        if (json) surroundings.Out.WriteLine(JsonSerializer.Serialize(figures, BenchJson.Default.IReadOnlyListBenchFigure));
        return ExitCode.Done;
    }

    private static IEnumerable<BenchFigure> Figures(
        string? kind, Func<IMatrixProducts> products, Sampler sampler, TimeProvider time)
    {
        if (kind is null or "plane")
            foreach (var figure in PlaneBench.Run(sampler, time)) yield return figure;
        if (kind is null or "server") yield return ServerBench.Run(products, sampler);
        if (kind is "plane" or "server") yield break;
        var limits = MachineLimits.Measure(sampler);
        if (kind is null or "gemm")
            foreach (var figure in ProductBench.Run(products(), limits, sampler)) yield return figure;
        if (kind is null or "reduce")
            yield return StepBench.Reduce(products, limits, sampler);
        if (kind is null or "step")
            foreach (var figure in StepBench.Run(products, limits, sampler)) yield return figure;
    }

    private static string Line(BenchFigure figure) => string.Create(
        CultureInfo.InvariantCulture,
        $"{figure.Name,-26} {figure.Value,12:N1} {figure.Unit,-12} limit {figure.Limit,12:N1}  ratio {figure.Ratio:F2}");
}

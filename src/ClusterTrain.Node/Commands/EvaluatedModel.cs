using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Runs.Import;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Commands;

/// <summary>What <c>evaluate</c> measures, and on which data: a run's result, or a model that another program wrote.</summary>
/// <param name="Load">Its parameters.</param>
internal sealed record EvaluatedModel(RunContext Context, Func<ModelState> Load)
{
    // What attacks on pictures are compared by (Croce and Hein 2020), where the user names no eps.
    private const double PictureEpsilon = 8.0 / 255;

    public static Option<string?> ModelOption() =>
        new("--model") { Description = "ONNX model of another program in place of a run; --data-name says what it is measured on.", HelpName = "FILE" };

    public static Option<string?> DataOption() => new("--data-name") { Description = "Data set that --model is measured on: glyphs, or a folder under --data.", HelpName = "NAME" };

    public static Option<ScaleChoice> ScaleOption() =>
        new("--data-scale") { Description = "With --model: what is done to the values of the files, as data.scale in a spec.", HelpName = "none|unit|standard" };

    /// <exception cref="WrongInputException">Neither or both are named, or the model does not fit the data.</exception>
    /// <exception cref="ImportException">The model cannot be read.</exception>
    public static EvaluatedModel Of(Surroundings surroundings, EvaluateRequest request)
    {
        if (request.Run is null == request.Model is null)
            throw new WrongInputException("name what to evaluate: a run's folder, or an ONNX file with --model FILE --data-name NAME");
        if (request.Run is null) return OfFile(surroundings, request.Model!, request);
        if (request.DataName is not null || request.Scale != ScaleChoice.None)
            throw new WrongInputException("--data-name and --data-scale go with --model; a run has data of its own");
        var run = RunArgument.Open(surroundings, request.Run, request.Data);
        return new EvaluatedModel(run.Context, run.LoadResult);
    }

    private static EvaluatedModel OfFile(Surroundings surroundings, string file, EvaluateRequest request)
    {
        if (request.DataName is null) throw new WrongInputException($"--model {file}: --data-name NAME is missing: the data set to measure it on");
        var path = surroundings.PathOf(file);
        if (!File.Exists(path)) throw new WrongInputException($"--model {file}: there is no such file");
        var network = OnnxNetwork.Read(path);
        foreach (var note in network.Notes) surroundings.Error.WriteLine($"warning: {note}");
        var spec = new RunSpec
        {
            Name = "model",
            Data = new DataSpec { Name = request.DataName, Validation = 1, Scale = request.Scale },
            Network = new NetworkSpec { Layers = network.Layers },
            Batch = new BatchSpec { Size = 1, Shards = 1 },
            Optimizer = new OptimizerSpec { Type = new SgdRule() },
        };
        var data = DatasetLoader.Load(spec.Data, SpecInput.Locations(surroundings, request.Data));
        RequireFit(file, network, data);
        if (!request.Json) surroundings.Out.Write($"{file} was read as\nnetwork:\n  layers:\n{SpecWriter.WriteLayers(network.Layers, "    ")}\n");
        if (!data.IsTable) spec = spec with { Adversarial = spec.Adversarial with { Attack = new PgdAttack { Epsilon = PictureEpsilon, StepSize = PictureEpsilon / 4, Steps = 10 } } };
        if (!data.IsTable && request.Attacks.Any(attack => !attack.Contains("eps=", StringComparison.Ordinal)))
            surroundings.Error.WriteLine("note: a sequence without eps has linf eps=8/255 here; name another one as in \"worst linf eps=0.1\"");
        var context = new RunContext(spec, SpecInput.Checked(spec, data, TextWriter.Null), SpecInput.Math(surroundings).Select(spec.Math).Create, network);
        return new EvaluatedModel(context, () => RunState.Initial(context.Plan).Model);
    }

    // Features may be pictures in a row; maps have to be of the same sizes.
    private static void RequireFit(string file, OnnxNetwork network, Dataset data)
    {
        var (wanted, found) = (network.InputShape, data.InputShape);
        var features = wanted.Aggregate(1L, (product, side) => product * side);
        if (wanted.Count == 1 ? features != data.Features : !wanted.SequenceEqual(found))
            throw new WrongInputException($"--model {file}: its input is [rows, {string.Join(", ", wanted)}]; rows of data set '{data.Name}' are [{string.Join(", ", found)}]");
        if (network.Layers[^1].Scores != data.Classes)
            throw new WrongInputException($"--model {file}: it gives {network.Layers[^1].Scores} scores; data set '{data.Name}' has {data.Classes} classes");
    }
}

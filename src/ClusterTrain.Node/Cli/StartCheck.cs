using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Footprint;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Node.Cli;

/// <summary>Refuses what a run's start would refuse, before anything is decoded or computed.</summary>
internal static class StartCheck
{
    /// <param name="surroundings">Warnings go to its standard error.</param>
    /// <param name="spec">Valid by itself.</param>
    /// <param name="source">The weights that it starts from, if any.</param>
    /// <param name="extent">Its data.</param>
    /// <returns>The network that it describes, and the memory that a run of it takes.</returns>
    /// <exception cref="WrongInputException">The spec does not fit the data, or the run does not fit into memory.</exception>
    /// <exception cref="TransferException">The spec does not fit the weights.</exception>
    public static (Network Network, RunMemory Memory) Of(Surroundings surroundings, RunSpec spec, ITensorSource? source, DataExtent extent)
    {
        SpecInput.Check(spec, extent, surroundings.Error);
        var input = MapShape.Of(extent.InputShape);
        var network = Network.Build(input, spec.Network.Layers);
        if (source is not null) LayerTransfer.Of(network, source, spec.Initialization);
        var memory = RunMemory.Of(new RunPlan(spec, network, input, extent.TrainRows), extent);
        return memory.Problem(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) is { } problem
            ? throw new WrongInputException(problem) : (network, memory);
    }

    /// <summary>The same of a spec as it stands, which comes back with what was found of its start written into it.</summary>
    /// <param name="dataFolder">Folder of data sets, or null.</param>
    /// <exception cref="Exception">As <c>train</c> would refuse it.</exception>
    public static RunSpec Of(Surroundings surroundings, RunSpec spec, string? dataFolder)
    {
        var (complete, source) = TransferInput.Open(surroundings, spec);
        Of(surroundings, complete, source, DatasetLoader.MeasureFiles(complete.Data, SpecInput.Locations(surroundings, dataFolder)));

        // Not of a choice that is measured: that takes a moment, and always finds one.
        if (complete.Math == MathChoice.Mkl) SpecInput.Math(surroundings).Select(complete.Math);
        return complete;
    }

    /// <summary>Why a run whose spec is in its folder could not be carried here, a line; null when it could.</summary>
    public static string? WhyNot(Surroundings surroundings, string specPath, string? dataFolder)
    {
        try
        {
            Of(surroundings with { Error = TextWriter.Null }, SpecInput.Load(surroundings, specPath, []), dataFolder);
            return null;
        }
        catch (Exception wrong) when (wrong is WrongInputException or DataException or CheckpointException or TransferException or MklMissingException || FileFailureException.IsFileFailure(wrong))
        {
            return Guard.Lines(wrong).First();
        }
    }
}

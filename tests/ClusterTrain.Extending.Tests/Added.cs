using System.Runtime.CompilerServices;
using ClusterTrain.Extending.Tests.Attacks;
using ClusterTrain.Extending.Tests.Losses;
using ClusterTrain.Extending.Tests.Optimizers;
using ClusterTrain.Extending.Tests.Schedules;
using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Schedules;

namespace ClusterTrain.Extending.Tests;

/// <summary>
/// One technique of each kind, in the catalogues of this process before any test runs. A program of its own, since other tests
/// compare messages and pages that list what is built in.
/// </summary>
internal static class Added
{
    [ModuleInitializer]
    internal static void Techniques()
    {
        Attack.Catalogue.Add(new NoiseAttack());
        OptimizerRule.Catalogue.Add(new SignumRule());
        LearningRateSchedule.Catalogue.Add(new LinearSchedule());
        Objective.Catalogue.Add(new FocalObjective());
    }
}

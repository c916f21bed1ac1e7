using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>Who a worker is, and what it reaches the world with.</summary>
public sealed record WorkerSettings
{
    /// <summary>Unique in the cluster; for people too.</summary>
    public required string Name { get; init; }

    /// <summary>Where its node listens; empty for a worker without one.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its place, by which the server chooses whom it gets parameters from; default none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>What it passes on to others at <see cref="Address"/>; null: nothing, and it gets nothing from others either.</summary>
    public HeldParameters? Relay { get; init; }

    /// <summary>What it is meant for; default both.</summary>
    public WorkerRoles Roles { get; init; } = WorkerRoles.Trainer | WorkerRoles.Adversary;

    /// <summary>Items it executes at once, 1 or more; default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How many times slower than it is it should be, 1 or more; default 1. To try out what a slow worker does.</summary>
    public double Slowness { get; init; } = 1;

    /// <summary>What its hardware does to a result; default nothing. To try out what a faulty worker does.</summary>
    public Action<WorkResult> Spoil { get; init; } = _ => { };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told, on the worker's thread, of each run that it begins to work for.</summary>
    public Action<RunKey> Began { get; init; } = _ => { };

    /// <summary>Whether it ends with a run that it cannot work for; default false: it waits for the next one.</summary>
    public bool IsOfOneRun { get; init; }

    /// <summary>Told, on the worker's thread, of each run that it cannot work for, and why.</summary>
    public Action<RunKey, string> SatOut { get; init; } = (_, _) => { };

    /// <summary>Opens the plane at an address.</summary>
    public required Func<string, WorkerPlane> Connect { get; init; }

    /// <summary>From a spec's text and the name of a math backend to the run, or why not: a line.</summary>
    public required Func<string, string, (RunContext? Context, string? Why)> Load { get; init; }
}

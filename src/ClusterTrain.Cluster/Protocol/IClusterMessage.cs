using System.Text.Json.Serialization;

namespace ClusterTrain.Cluster.Protocol;

/// <summary>Marks what server and workers say to each other. Small: tensors never ride in messages.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(ClusterMessage.Join), "join")]
[JsonDerivedType(typeof(ClusterMessage.Ready), "ready")]
[JsonDerivedType(typeof(ClusterMessage.Unfit), "unfit")]
[JsonDerivedType(typeof(ClusterMessage.Ask), "ask")]
[JsonDerivedType(typeof(ClusterMessage.Measured), "measured")]
[JsonDerivedType(typeof(ClusterMessage.Leave), "leave")]
[JsonDerivedType(typeof(ClusterMessage.Begin), "begin")]
[JsonDerivedType(typeof(ClusterMessage.Assign), "assign")]
[JsonDerivedType(typeof(ClusterMessage.Over), "over")]
[JsonDerivedType(typeof(ClusterMessage.SitOut), "sitOut")]
[JsonDerivedType(typeof(ClusterMessage.Refuse), "refuse")]
[JsonDerivedType(typeof(ClusterMessage.Dismiss), "dismiss")]
[JsonDerivedType(typeof(ClusterMessage.Dismissed), "dismissed")]
[JsonDerivedType(typeof(ClusterMessage.Locate), "locate")]
[JsonDerivedType(typeof(ClusterMessage.Located), "located")]
[JsonDerivedType(typeof(ClusterMessage.Greet), "greet")]
public interface IClusterMessage;

/// <summary>What workers say: each message names its worker, so that the server knows whom to answer.</summary>
public interface IWorkerMessage : IClusterMessage
{
    /// <summary>Name of the worker that says it.</summary>
    string Worker { get; }
}

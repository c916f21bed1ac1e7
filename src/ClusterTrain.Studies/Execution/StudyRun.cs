using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Execution;

/// <summary>One training of a study: a whole run, in a folder of its own.</summary>
/// <param name="Folder">Below the study's, with '/' between names.</param>
/// <param name="Spec">What is trained.</param>
public abstract record StudyRun(string Folder, RunSpec Spec);

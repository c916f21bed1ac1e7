using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Node.Commands;

/// <summary>Trains a member by an engine whose workers share its steps: one member after another.</summary>
internal sealed class EngineMemberTrainer(Surroundings surroundings, VarianceRequest request, StudyContexts contexts, Action<string> say)
    : IMemberTrainer
{
    public MemberEnd Train(StudyMember member, string folder, CancellationToken stop)
    {
        var engine = new Engines(
            surroundings with { Stop = stop }, new TrainRequest(null, [], request.Data, request.Workers, request.Engine, null, false, false), say);
        return MemberSession.Run(
            new RunFolder(folder), () => contexts.ToTrain(member.Spec),
            (run, start, incarnation, observer) => engine.Run(run, start.State, incarnation, observer), request.Engine, request.Workers);
    }
}

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Carries out one training of a study, from wherever its folder stands to its end. Any thread may call it.</summary>
public interface IMemberTrainer
{
    /// <param name="member">What is trained.</param>
    /// <param name="folder">The member's run folder; need not exist.</param>
    MemberEnd Train(StudyMember member, string folder, CancellationToken stop);
}

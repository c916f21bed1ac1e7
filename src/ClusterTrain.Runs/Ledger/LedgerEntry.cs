namespace ClusterTrain.Runs.Ledger;

/// <summary>What one step committed.</summary>
/// <param name="Step">0 or more; the ledger's steps have no gaps.</param>
/// <param name="State">128-bit fingerprint of the state after the step, 32 lower-case hex digits.</param>
/// <param name="Loss">Training loss of the step, finite.</param>
public sealed record LedgerEntry(long Step, string State, double Loss)
{
    public const int StateDigits = 32;
}

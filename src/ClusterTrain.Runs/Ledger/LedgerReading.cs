namespace ClusterTrain.Runs.Ledger;

/// <summary>What is wrong with a ledger: one line for the user.</summary>
/// <param name="Step">The step whose line it is about; null if about the ledger as a whole.</param>
public sealed record LedgerProblem(long? Step, string Message);

/// <summary>A ledger as found.</summary>
/// <param name="Entries">Every line that could be read, in file order.</param>
/// <param name="Problems">Empty for an intact ledger.</param>
/// <param name="Head">SHA-256 of the last whole line, or the first chain value if there is none.</param>
/// <param name="TornBytes">
/// Length of a last line without its newline, the trace of a writer that was killed: a problem for verification, dropped
/// on resume. 0 if there is none.
/// </param>
public sealed record LedgerReading(
    IReadOnlyList<LedgerEntry> Entries, IReadOnlyList<LedgerProblem> Problems, string Head, int TornBytes);

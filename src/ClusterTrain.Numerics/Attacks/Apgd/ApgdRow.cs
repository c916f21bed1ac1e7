namespace ClusterTrain.Numerics.Attacks;

/// <summary>What Auto-PGD knows of one row beside its points (Croce and Hein 2020, algorithm 1).</summary>
internal struct ApgdRow
{
    /// <summary>Share of steps between two checkpoints that must raise the loss, rho.</summary>
    private const double Rises = 0.75;

    private float _stepAtCheckpoint;
    private float _bestAtCheckpoint;
    private int _rises;
    private float _loss;

    public ApgdRow(float step, float loss) =>
        (Step, Best, _stepAtCheckpoint, _bestAtCheckpoint, _loss) = (step, loss, step, loss, loss);

    /// <summary>Length of the next step, eta.</summary>
    public float Step { get; private set; }

    /// <summary>Highest loss so far.</summary>
    public float Best { get; private set; }

    /// <summary>Takes the loss of the newest iterate and says whether it is the best so far.</summary>
    public bool Take(float loss)
    {
        if (loss > _loss) _rises++;
        _loss = loss;
        if (!(loss > Best)) return false;
        Best = loss;
        return true;
    }

    /// <summary>
    /// At a checkpoint: whether to halve the step and go back to the best point, because too few steps raised the loss
    /// (condition 1) or neither step nor best loss changed since the last checkpoint (condition 2).
    /// </summary>
    /// <param name="steps">Steps since the last checkpoint.</param>
    public bool LookBack(int steps)
    {
        var halves = _rises < Rises * steps || (Step == _stepAtCheckpoint && Best == _bestAtCheckpoint);
        (_stepAtCheckpoint, _bestAtCheckpoint, _rises) = (Step, Best, 0);
        if (!halves) return false;
        Step /= 2;
        _loss = Best;
        return true;
    }
}

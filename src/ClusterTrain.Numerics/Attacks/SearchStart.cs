using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Where gradient searches start.</summary>
public static class SearchStart
{
    /// <summary>Fills a tensor of the live rows with the clean rows, or with random points of their balls.</summary>
    public static void Fill(LiveRows live, int tensor, bool isRandom, IThreatModel threat, RandomStream stream)
    {
        live[LiveRows.Clean].CopyTo(live[tensor]);
        if (!isRandom) return;
        for (var row = 0; row < live.Count; row++)
        {
            var clean = live.Row(LiveRows.Clean, row);
            var point = live.Row(tensor, row);
            threat.Start(clean, point, stream, (long)live.Places[row] * threat.StartNumbers(clean.Length));
            threat.Project(clean, point);
        }
    }
}

namespace ClusterTrain.Training.Data;

/// <summary>A data set before it is split.</summary>
internal sealed record DatasetSource(int Height, int Width, int Classes, LabelledImages Train, LabelledImages Test)
{
    /// <summary>The built-in data set. Nothing is drawn yet.</summary>
    public static DatasetSource OfGlyphs()
    {
        LabelledImages Drawn(int first, int count) => new(
            [.. Enumerable.Range(first, count).Select(Glyphs.Label)],
            rows => Glyphs.Draw([.. rows.Select(row => first + row)]));
        return new DatasetSource(
            Glyphs.Side, Glyphs.Side, Glyphs.Classes, Drawn(0, Glyphs.TrainRows), Drawn(Glyphs.TrainRows, Glyphs.TestRows));
    }
}

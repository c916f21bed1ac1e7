namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The L2 window of Square: two heaps of opposite sign side by side, each falling off from its middle as sum 1 / k^2 over
/// its rings, of length 1 together (Andriushchenko et al. 2020, section 3.3).
/// </summary>
internal sealed class SquareBump
{
    private readonly float[] _values;
    private readonly int _width;
    private readonly bool _isSquare;

    public SquareBump(int height, int width)
    {
        (Height, _width, _isSquare) = (height, width, height == width);
        var values = new double[height * width];
        if (height > 1)
        {
            Heap(values, 0, 0, height / 2, width, 1);
            Heap(values, height / 2, 0, height - (height / 2), width, -1);
        }
        else
        {
            Heap(values, 0, 0, 1, width / 2, 1);
            Heap(values, 0, width / 2, 1, width - (width / 2), -1);
        }

        var squares = 0.0;
        foreach (var value in values) squares += value * value;
        var length = Math.Sqrt(squares);
        _values = [.. values.Select(value => (float)(value / length))];
    }

    public int Height { get; }

    public int Width => _width;

    public float At(int row, int column, bool transposed) =>
        transposed && _isSquare ? _values[(column * _width) + row] : _values[(row * _width) + column];

    // Each heap has length 1 before both are brought to 1 together.
    private void Heap(double[] values, int top, int left, int height, int width, int sign)
    {
        if (height == 0 || width == 0) return;
        var rings = Math.Max(height / 2, width / 2) + 1;
        var squares = 0.0;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    var ring = Math.Max(Math.Abs(row - (height / 2)), Math.Abs(column - (width / 2)));
                    var value = 0.0;
                    for (var k = ring + 1; k <= rings; k++) value += 1.0 / ((double)k * k);
                    if (pass == 0) squares += value * value;
                    else values[((top + row) * _width) + left + column] = sign * value / Math.Sqrt(squares);
                }
            }
        }
    }
}

namespace ClusterTrain.Numerics.Lanes;

/// <summary>
/// The few operations on float32 lanes that numerical loops are written in, so that one text serves every vector width
/// and plain scalar code. Each lane is computed alone, by one correctly rounded IEEE 754 operation (or an exact one on
/// its 32 bits), hence no width can give other bits than another.
/// </summary>
/// <typeparam name="TVector">The processor's vector of float32, or float itself.</typeparam>
/// <remarks>
/// There is no horizontal operation on purpose, and no estimate: <see cref="FusedMultiplyAdd"/> rounds once on every
/// machine, in software where the processor cannot.
/// </remarks>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Lanes of a vector: 1, 4, 8 or 16.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* target);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left * right + addend, rounded once.</summary>
    static abstract TVector FusedMultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>All bits of a lane set where left is less than or equal to right; NaN compares false.</summary>
    static abstract TVector LessThanOrEqual(TVector left, TVector right);

    /// <summary>All bits of a lane set where left is less than right; NaN compares false.</summary>
    static abstract TVector LessThan(TVector left, TVector right);

    /// <summary>Lanes of <paramref name="yes"/> where the mask's bits are set, else of <paramref name="no"/>.</summary>
    static abstract TVector Select(TVector mask, TVector yes, TVector no);

    /// <summary>Adds to the 32 bits of each lane as an integer, wrapping.</summary>
    static abstract TVector AddBits(TVector value, int addend);

    /// <summary>Subtracts the 32 bits of each lane as integers, wrapping.</summary>
    static abstract TVector SubtractBits(TVector left, TVector right);

    static abstract TVector ShiftBitsLeft(TVector value, int count);

    /// <summary>Shifts the 32 bits of each lane right, copying the sign.</summary>
    static abstract TVector ShiftBitsRight(TVector value, int count);

    /// <summary>The 32 bits of each lane, read as a signed integer, as the nearest float32.</summary>
    static abstract TVector IntegerToFloat(TVector bits);
}

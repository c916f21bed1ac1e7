using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Training.Arithmetic;

/// <summary>A run is to be continued or checked with other arithmetic than it was computed with: no bit would match.</summary>
public sealed class MathMismatchException(MathIdentity recorded, MathIdentity found)
    : Exception(
        $"the run was computed with math {recorded}, and here it would be math {found}: the bits would differ. "
        + "Use the machine and the library it was started with, or start a new run.");

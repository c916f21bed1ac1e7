using System.Diagnostics;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Testing;

/// <summary>Copies of a file with one to three changes each: a bit, a byte, a 32-bit length, a cut, a doubled or dropped stretch.</summary>
public static class Mutants
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CLUSTERTRAIN_SLOW") is { Length: > 0 };

    // In the longer run alone, where a hang is looked for: what runs beside it may hold one up once.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many each reader of data is given: fifty times as many in the longer run, with <c>CLUSTERTRAIN_SLOW</c> set. The seed is fixed, so
    /// that a number names a file.
    /// </summary>
    public static int Count { get; } = IsLong ? 1_000_000 : 20_000;

    /// <summary>So many in the usual run, two hundred times as many in the longer one.</summary>
    public static int Often(int count) => IsLong ? 200 * count : count;

    // Headers stand at the start.
    private const int HeaderBytes = 64;

    /// <summary>A copy of <paramref name="whole"/>, by its number.</summary>
    public static byte[] Of(ReadOnlySpan<byte> whole, int number)
    {
        var random = new DataRandom(0xF022, (ulong)number);
        List<byte> bytes = [.. whole];
        for (var change = random.Below(3); change >= 0 && bytes.Count > 8; change--)
        {
            var at = random.Below(bytes.Count - 4);
            var stretch = Math.Min(bytes.Count - at, 1 + random.Below(20));
            switch (random.Below(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Below(256);
                    break;
                case 2:
                    at = random.Below(Math.Min(HeaderBytes, bytes.Count - 4));
                    for (var i = 0; i < 4; i++) bytes[at + i] = (byte)random.Below(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, stretch));
                    break;
                default:
                    bytes.RemoveRange(at, stretch);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Reads each mutant; what is refused has to be refused by an exception of type <typeparamref name="TRefusal"/>, in one line.</summary>
    /// <param name="read">Given the number and the bytes.</param>
    /// <param name="problems">Of a refusal, where that may have several lines, one a problem.</param>
    /// <param name="mostBytes">That reading one may allocate.</param>
    /// <returns>How many were refused.</returns>
    /// <param name="count">Mutants; <see cref="Count"/> when null.</param>
    /// <exception cref="InvalidOperationException">A mutant ended otherwise, took more memory or, in the longer run, hung; its number is said.</exception>
    public static int Refused<TRefusal>(ReadOnlySpan<byte> whole, Action<int, byte[]> read, long mostBytes, int? count = null,
        Func<TRefusal, IReadOnlyList<string>>? problems = null)
        where TRefusal : Exception
    {
        var (refused, isSecondLook) = (0, false);
        for (var number = 0; number < (count ?? Count); number++)
        {
            var bytes = Of(whole, number);
            var began = Stopwatch.GetTimestamp();
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(number, bytes);
            }
            catch (TRefusal refusal) when (!(problems?.Invoke(refusal) ?? [refusal.Message]).Any(line => line.Contains('\n', StringComparison.Ordinal)))
            {
                refused++;
            }
            catch (Exception other)
            {
                throw new InvalidOperationException($"mutant {number}: {other}", other);
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            if (taken > mostBytes) throw new InvalidOperationException($"mutant {number} of {bytes.Length} bytes took {taken} bytes");
            if (!IsLong || Stopwatch.GetElapsedTime(began) < Longest) isSecondLook = false;
            else if (isSecondLook) throw new InvalidOperationException($"mutant {number} of {bytes.Length} bytes took {Stopwatch.GetElapsedTime(began)}");
            else (number, isSecondLook) = (number - 1, true);
        }

        return refused;
    }
}

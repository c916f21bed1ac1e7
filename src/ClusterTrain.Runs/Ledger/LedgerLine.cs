using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Ledger;

/// <summary>
/// One line of a ledger, without its newline: <c>{"step":0,"state":"...","chain":"...","loss":...}</c>. There is exactly
/// one way to write an entry (loss: shortest decimal that reads back to the same bits), so that lines can be compared.
/// </summary>
/// <param name="Entry">What the line says.</param>
/// <param name="Chain">SHA-256 of the line before.</param>
internal sealed record LedgerLine(LedgerEntry Entry, string Chain)
{
    /// <summary>No line is longer, in bytes.</summary>
    public const int MaxBytes = 256;

    /// <summary>The chain value of a first line: it ties the ledger to its spec.</summary>
    public static string Genesis(string specHash) => Sha256Hex.Of("clustertrain-ledger:" + specHash);

    /// <summary>SHA-256 of a line as 64 hex digits of UTF-8.</summary>
    public static void Hash(ReadOnlySpan<byte> line, Span<byte> hexDigits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        Convert.TryToHexStringLower(hash, hexDigits, out _);
    }

    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    /// <param name="chain">64 hex digits of UTF-8.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">State is not 32 lower-case hex digits, or a number is out of range.</exception>
    public static int Format(Span<byte> target, long step, ReadOnlySpan<char> state, ReadOnlySpan<byte> chain, double loss)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (!Sha256Hex.IsHex(state, LedgerEntry.StateDigits))
            throw new ArgumentException($"'{state}' is not {LedgerEntry.StateDigits} lower-case hex digits", nameof(state));
        if (!double.IsFinite(loss))
            throw new ArgumentException($"the loss of step {step} is {loss}: a diverged step has no line", nameof(loss));
        var length = Append(target, 0, "{\"step\":"u8);
        Utf8Formatter.TryFormat(step, target[length..], out var digits);
        length = Append(target, length + digits, ",\"state\":\""u8);
        length += Encoding.ASCII.GetBytes(state, target[length..]);
        length = Append(target, length, "\",\"chain\":\""u8);
        length = Append(target, length, chain);
        length = Append(target, length, "\",\"loss\":"u8);
        loss.TryFormat(target[length..], out digits, "R", CultureInfo.InvariantCulture);
        return Append(target, length + digits, "}"u8);
    }

    /// <returns>Null unless the bytes are exactly what <see cref="Format"/> writes.</returns>
    public static LedgerLine? Parse(ReadOnlySpan<byte> line)
    {
        var rest = line;
        if (line.Length > MaxBytes
            || !Take(ref rest, "{\"step\":"u8) || !Utf8Parser.TryParse(rest, out long step, out var used) || step < 0)
        {
            return null;
        }

        rest = rest[used..];
        if (!Take(ref rest, ",\"state\":\""u8) || !TakeHex(ref rest, LedgerEntry.StateDigits, out var state)
            || !Take(ref rest, "\",\"chain\":\""u8) || !TakeHex(ref rest, Sha256Hex.Digits, out var chain)
            || !Take(ref rest, "\",\"loss\":"u8) || rest.IsEmpty
            || !double.TryParse(rest[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var loss)
            || !double.IsFinite(loss))
        {
            return null;
        }

        Span<byte> again = stackalloc byte[MaxBytes];
        var length = Format(again, step, state, Encoding.ASCII.GetBytes(chain), loss);
        return line.SequenceEqual(again[..length]) ? new LedgerLine(new LedgerEntry(step, state, loss), chain) : null;
    }

    private static int Append(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[at..]);
        return at + text.Length;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> text)
    {
        var found = rest.StartsWith(text);
        rest = found ? rest[text.Length..] : rest;
        return found;
    }

    private static bool TakeHex(ref ReadOnlySpan<byte> rest, int digits, out string hex)
    {
        hex = rest.Length < digits ? "" : Encoding.Latin1.GetString(rest[..digits]);
        rest = rest[hex.Length..];
        return Sha256Hex.IsHex(hex, digits);
    }
}

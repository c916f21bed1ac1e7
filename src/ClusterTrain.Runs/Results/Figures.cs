using System.Globalization;

namespace ClusterTrain.Runs.Results;

/// <summary>Numbers as people read them, the same on every machine. What is not finite has a word instead.</summary>
public static class Figures
{
    private const string Unknown = "unknown";
    private const double Minute = 60;
    private const double Hour = 60 * Minute;

    /// <summary>A share of 0 to 1 as percent with one decimal.</summary>
    public static string Percent(double share) =>
        double.IsFinite(share) ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}%") : Unknown;

    /// <summary>A share, or a dash where there is none.</summary>
    public static string PercentOrDash(double? share) => share is { } known ? Percent(known) : "-";

    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A rate: whole from 100 on, three digits below.</summary>
    public static string Rate(double rate) =>
        !double.IsFinite(rate) ? Unknown : rate >= 100 ? Fixed(rate, 0) : Fixed(rate, rate >= 10 ? 1 : 2);

    public static string Loss(double loss) =>
        !double.IsFinite(loss) ? Unknown
            : Math.Abs(loss) < 1e6 ? Fixed(loss, 4) : loss.ToString("0.000e0", CultureInfo.InvariantCulture);

    /// <summary>Passes over the data: whole when they are, else with two decimals.</summary>
    public static string Epochs(double epochs) =>
        !double.IsFinite(epochs) ? Unknown : epochs.ToString("#,0.##", CultureInfo.InvariantCulture);

    /// <summary>A time in the two largest units that it has, rounded before the units are chosen: 59.96 s are a minute.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds)) return Unknown;
        if (Math.Round(seconds, 1) < Minute) return Fixed(seconds, 1) + " s";
        var (whole, minutes) = (Math.Round(seconds), Math.Round(seconds / Minute));
        return whole < Hour
            ? $"{Fixed(Math.Floor(whole / Minute), 0)} min {Fixed(whole % Minute, 0)} s"
            : $"{Fixed(Math.Floor(minutes / Minute), 0)} h {Fixed(minutes % Minute, 0)} min";
    }

    public static string Duration(TimeSpan time) => Duration(time.TotalSeconds);

    /// <summary>"1 step", "2 steps".</summary>
    public static string Plural(long number, string unit) => $"{Count(number)} {unit}{(number == 1 ? "" : "s")}";

    private static string Fixed(double number, int decimals) =>
        number.ToString(string.Create(CultureInfo.InvariantCulture, $"N{decimals}"), CultureInfo.InvariantCulture);
}

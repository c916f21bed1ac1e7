using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Verification;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Commands;

/// <summary><c>sign RUN</c>: an anchor outside the folder, against which any later change to it shows.</summary>
internal static class SignCommand
{
    private const string Suffix = ".signature";

    private const string PublicSuffix = ".pub";

    private const string Description =
        "Sign a run's root hash, in a file outside its folder: verify --signature finds any later change, whoever makes it.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var run = RunArgument.Create();
        var key = new Option<string>("--key")
        {
            Description = $"Private key of an elliptic curve, as PEM. With --new-key it is made (P-256), with its public part in FILE{PublicSuffix}.",
            HelpName = "FILE",
            Required = true,
        };
        var isNew = new Option<bool>("--new-key") { Description = "Make the key first; a file of that name must not be there." };
        var target = new Option<string?>("--out") { Description = $"Where the signature goes (default: RUN{Suffix}, beside the folder).", HelpName = "FILE" };
        var command = new Command("sign", Description) { run, key, isNew, target };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
            Sign(surroundings, result.GetValue(run)!, result.GetValue(key)!, result.GetValue(isNew), result.GetValue(target))));
        return command.With(
            "sign runs/quickstart --key mine.pem --new-key       makes mine.pem and mine.pem.pub, signs",
            "sign runs/quickstart --key mine.pem                 writes runs/quickstart.signature");
    }

    private static int Sign(Surroundings surroundings, string path, string key, bool isNew, string? target)
    {
        var folder = RunFolders.Existing(surroundings, path);
        if (SummaryFile.Problems(folder) is { Count: > 0 } problems)
        {
            foreach (var problem in problems) surroundings.Error.WriteLine($"difference: {problem}");
            return ExitCode.Difference; // What was changed already is not sealed anew.
        }

        var shown = target ?? RunFolders.Shown(surroundings, folder.FullPath) + Suffix;
        var written = surroundings.PathOf(shown);
        if ((written + Path.DirectorySeparatorChar).StartsWith(folder.FullPath + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new WrongInputException($"--out {shown}: a signature in the run's own folder would be no anchor; name a file elsewhere");
        var signature = With(key, () => RunSignature.Sign(SummaryFile.Root(folder), isNew ? NewKey(surroundings, key) : Pem(surroundings, key)));
        signature.Write(written);
        surroundings.Out.WriteLine($"root hash {signature.RootHash}");
        surroundings.Out.WriteLine($"{shown}: signed with the key {signature.KeyHash}");
        return ExitCode.Done;
    }

    /// <summary>The text of a key's file.</summary>
    /// <exception cref="FileFailureException">It cannot be read.</exception>
    public static string Pem(Surroundings surroundings, string path)
    {
        try
        {
            return File.ReadAllText(surroundings.PathOf(path));
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("read the key", path, failure);
        }
    }

    /// <summary>Does something with a key, and says which file it is when it is none.</summary>
    public static T With<T>(string key, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            throw new WrongInputException(
                $"--key {key}: is no PEM key of an elliptic curve, or an encrypted one; make one with --new-key, or: openssl ecparam -name prime256v1 -genkey -noout -out {key}");
        }
    }

    private static string NewKey(Surroundings surroundings, string path)
    {
        foreach (var name in (string[])[path, path + PublicSuffix])
            if (Path.Exists(surroundings.PathOf(name))) throw new WrongInputException($"--new-key: {name} is there already");
        var (privatePem, publicPem) = RunSignature.NewKey();
        AtomicFile.WritePrivate(surroundings.PathOf(path), Encoding.ASCII.GetBytes(privatePem));
        AtomicFile.Write(surroundings.PathOf(path + PublicSuffix), Encoding.ASCII.GetBytes(publicPem));
        return privatePem;
    }
}

using System.Net;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Fetching;

/// <summary>
/// Downloads known data sets. A file appears under its name only whole and with the right checksum; until then its bytes
/// lie beside it as <c>NAME.part.gz</c> (an archive's as <c>NAME.part</c>), from where an interrupted download goes on, also in a later call. Files that are
/// there already are kept: right ones are not fetched again, wrong ones are an error and the user's to remove.
/// </summary>
public sealed class DataFetcher(HttpClient http, TimeProvider time)
{
    /// <summary>Pauses before the second and later attempts at a file whose transfer breaks off.</summary>
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>Silence after which a transfer counts as broken off.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Fetches what is missing of a data set.</summary>
    /// <param name="dataFolder">Gets a folder of the data set's name; made when missing.</param>
    /// <returns>The folder of the data set.</returns>
    /// <exception cref="DataException">
    /// The server cannot be reached or refuses, a checksum is wrong, or the folder cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; the next call goes on where this one stopped.</exception>
    public async Task<string> FetchAsync(
        KnownDataset dataset, string dataFolder, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        var folder = Path.Combine(dataFolder, dataset.Name);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var file in dataset.Files)
                await FetchFileAsync(dataset, file, folder, progress, cancellation);
            return folder;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: cannot be written: {failed.Message}");
        }
    }

    private async Task FetchFileAsync(
        KnownDataset dataset, KnownFile file, string folder, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        if (StoredFile.Locate(folder, file.Name) is { } present)
        {
            if (StoredFile.Hash(present, file.Bytes, file.IsArchive) is var found && found != file.Sha256)
                throw new DataException($"{ChecksumProblem(present, found, file)}; remove it to fetch it again");
            var length = new FileInfo(present).Length;
            progress?.Report(new FetchProgress(Path.GetFileName(present), length, length, 0, IsComplete: true));
            return;
        }

        var path = Path.Combine(folder, file.Served);
        var part = Path.Combine(folder, file.Part);
        var continued = File.Exists(part);
        if (!continued || Problem(part, file) is not null) await DownloadAsync(dataset, file, part, progress, cancellation);
        if (continued && Problem(part, file) is not null)
        {
            // What an earlier call left may be of another version of the file: start over before giving up.
            File.Delete(part);
            await DownloadAsync(dataset, file, part, progress, cancellation);
        }
        if (Problem(part, file) is { } problem)
        {
            File.Delete(part);
            throw new DataException($"{new Uri(dataset.Mirror, file.Served)}: downloaded, but not kept: {problem}");
        }
        var size = new FileInfo(part).Length;
        File.Move(part, path, overwrite: true);
        progress?.Report(new FetchProgress(file.Served, size, size, 0, IsComplete: true));
    }

    private async Task DownloadAsync(
        KnownDataset dataset, KnownFile file, string part, IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await TransferAsync(new Uri(dataset.Mirror, file.Served), file, part, progress, cancellation);
                return;
            }
            catch (TransferBrokenException broken)
            {
                if (attempt == Pauses.Length || broken.IsHopeless)
                    throw new DataException(GaveUp(dataset, file, part, broken));
                await Task.Delay(Pauses[attempt], time, cancellation);
            }
        }
    }

    /// <summary>One request: appends to <paramref name="part"/> when the server agrees, else starts over.</summary>
    private async Task TransferAsync(
        Uri address, KnownFile file, string part, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        using var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (target.Length > 0) request.Headers.Range = new(target.Length, null);
        using var response = await Network(
            () => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token));
        var range = response.Content.Headers.ContentRange;
        var continues = response.StatusCode == HttpStatusCode.PartialContent && range?.From == target.Length;
        if (!continues) target.SetLength(0);
        if (!continues && response.StatusCode != HttpStatusCode.OK) throw Refused(response.StatusCode);
        target.Seek(0, SeekOrigin.End);

        var total = continues ? range?.Length : response.Content.Headers.ContentLength;
        var before = target.Length;
        var started = time.GetTimestamp();
        using var body = await Network(() => response.Content.ReadAsStreamAsync(either.Token));
        var chunk = new byte[1 << 16];
        for (int got; (got = await Network(() => body.ReadAsync(chunk, either.Token).AsTask())) > 0;)
        {
            silence.CancelAfter(Patience);
            await target.WriteAsync(chunk.AsMemory(0, got), cancellation);
            if (target.Length > file.Bytes)
            {
                target.SetLength(0);
                throw new DataException($"{address}: longer than the {file.Bytes} bytes {(file.IsArchive ? "of it" : "it decodes to")}: not the known file");
            }
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            var speed = seconds > 0 ? (target.Length - before) / seconds : 0;
            progress?.Report(new FetchProgress(file.Served, target.Length, total, speed, IsComplete: false));
        }
        if (total is { } promised && target.Length < promised)
            throw new TransferBrokenException($"it ended after {target.Length} of {promised} bytes", isHopeless: false);
        target.Flush(flushToDisk: true);

        async Task<T> Network<T>(Func<Task<T>> call)
        {
            try
            {
                return await call();
            }
            catch (HttpRequestException failed)
            {
                throw new TransferBrokenException(
                    failed.Message, isHopeless: failed.HttpRequestError == HttpRequestError.NameResolutionError);
            }
            catch (IOException failed)
            {
                throw new TransferBrokenException(failed.Message, isHopeless: false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TransferBrokenException("the server fell silent", isHopeless: false);
            }
        }
    }

    private static TransferBrokenException Refused(HttpStatusCode status)
    {
        // A range the server cannot give is no refusal: the part is empty by now and the next attempt asks for all.
        var hopeless = (int)status < 500 && status is not (HttpStatusCode.RequestedRangeNotSatisfiable
            or HttpStatusCode.PartialContent or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout);
        return new TransferBrokenException($"the server answered {(int)status} {status}", hopeless);
    }

    private static string GaveUp(KnownDataset dataset, KnownFile file, string part, TransferBrokenException broken)
    {
        var kept = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (kept == 0) File.Delete(part);
        var remedy = kept > 0
            ? $"{kept} bytes are kept and the same command goes on from there"
            : $"without a network, put {string.Join(", ", dataset.Files.Select(each => each.Name))} "
                + $"{(file.IsArchive ? "" : "(each raw or .gz) ")}into {Path.GetDirectoryName(part)}";
        return $"{new Uri(dataset.Mirror, file.Served)}: download failed: {broken.Message}; {remedy}";
    }

    private static string? Problem(string path, KnownFile file)
    {
        try
        {
            var found = StoredFile.Hash(path, file.Bytes, file.IsArchive);
            return found == file.Sha256 ? null : ChecksumProblem(path, found, file);
        }
        catch (DataException damaged)
        {
            return damaged.Message;
        }
    }

    private static string ChecksumProblem(string path, string found, KnownFile file) =>
        $"{path}: SHA-256 of {(file.IsArchive ? "it" : "its decoded content")} is {found}, {file.Sha256} expected{StoredFile.Guess(path)}";

    /// <summary>A transfer that did not come to its end.</summary>
    private sealed class TransferBrokenException(string message, bool isHopeless) : Exception(message)
    {
        /// <summary>Whether trying again soon is pointless.</summary>
        public bool IsHopeless { get; } = isHopeless;
    }
}

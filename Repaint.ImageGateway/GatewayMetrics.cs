using System.Diagnostics.Metrics;

namespace Repaint.ImageGateway;

internal sealed class GatewayMetrics
{
    public const string MeterName = "Repaint.ImageGateway";
    private const string ReasonTag = "reason";

    private readonly Counter<long> _uploads;
    private readonly Counter<long> _uploadsRefused;
    private readonly Counter<long> _minted;
    private readonly Counter<long> _redeemed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _erasures;
    private readonly Counter<long> _swept;

    public GatewayMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _uploads = meter.CreateCounter<long>("repaint.uploads", "{upload}", "Photographs stored.");
        _uploadsRefused = meter.CreateCounter<long>("repaint.uploads.refused", "{upload}", "Photographs not stored, by reason.");
        _minted = meter.CreateCounter<long>("repaint.one_time_urls.minted", "{url}", "One-time URLs minted.");
        _redeemed = meter.CreateCounter<long>("repaint.one_time_urls.redeemed", "{url}", "One-time URLs redeemed; resumes not counted.");
        _refused = meter.CreateCounter<long>("repaint.one_time_urls.refused", "{request}", "Requests for images refused, by reason.");
        _erasures = meter.CreateCounter<long>("repaint.erasures.blobs", "{blob}", "Blobs erased.");
        _swept = meter.CreateCounter<long>("repaint.sweeps.found", "{finding}", "Stuck or lost things found and dealt with, by kind.");
    }

    public void UploadStored() => _uploads.Add(1);

    public void UploadRefused(string code) => _uploadsRefused.Add(1, new KeyValuePair<string, object?>(ReasonTag, code));

    public void UrlsMinted(int count) => _minted.Add(count);

    public void UrlRedeemed() => _redeemed.Add(1);

    public void UrlRefused(string code) => _refused.Add(1, new KeyValuePair<string, object?>(ReasonTag, code));

    public void Swept(string kind, int count = 1) => _swept.Add(count, new KeyValuePair<string, object?>("kind", kind));

    public void BlobsErased(int count) => _erasures.Add(count);
}

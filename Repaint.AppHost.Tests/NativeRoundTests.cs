using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.AppHost.Tests;

/// <summary>The application model without containers: everything starts, and a photo becomes a picture.</summary>
public sealed class NativeRoundTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_photo_becomes_a_picture()
    {
        var model = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Repaint_AppHost>(["--Infra=native"], Cancellation);
        await using var app = await model.BuildAsync(Cancellation);
        await app.StartAsync(Cancellation).WaitAsync(Patience, TimeProvider.System, Cancellation);
        foreach (var name in new[] { ResourceNames.Api, ResourceNames.ImageGateway, ResourceNames.ClusteringWorker, ResourceNames.GenerationWorker })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Cancellation).WaitAsync(Patience, TimeProvider.System, Cancellation);
        }

        using var staff = app.CreateHttpClient(ResourceNames.Api);
        staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await GetTokenAsync(app));
        var created = await PostAsync<EventDetails>(staff, "/api/staff/events", new EventSettings("Round"));
        using var visitor = app.CreateHttpClient(ResourceNames.Api);
        var joined = await PostAsync<JoinedVisitor>(visitor, $"/api/events/{created.Id}/visitors", body: null);
        visitor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined.Token);

        using var photo = new ByteArrayContent(await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "dandelions.jpg"), Cancellation));
        photo.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var accepted = await staff.PutAsync(
            $"/api/staff/events/{created.Id}/visitors/{joined.VisitorId}/photo", photo, Cancellation);
        accepted.EnsureSuccessStatusCode();
        await WaitForPictureAsync(visitor);

        var link = await PostAsync<OneTimeUrl>(
            visitor, "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View));
        using var anybody = new HttpClient();
        Assert.Equal([0xFF, 0xD8], (await anybody.GetByteArrayAsync(link.Url, Cancellation))[..2]);
    }

    private static async Task<string> GetTokenAsync(DistributedApplication app)
    {
        var secret = await app.Services.GetParameterAsync("script-client-secret", Cancellation);
        using var identity = app.CreateHttpClient(ResourceNames.Identity);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "repaint-script",
            ["client_secret"] = secret,
        });
        using var response = await identity.PostAsync(new Uri("connect/token", UriKind.Relative), form, Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("access_token").GetString()!;
    }

    private static async Task WaitForPictureAsync(HttpClient visitor)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        do
        {
            var update = await visitor.GetFromJsonAsync<VisitorUpdate>("/api/visitors/me/updates", ContractsJson.Options, deadline.Token);
            if (update!.State == VisitorPictureStates.Ready)
            {
                return;
            }
        }
        while (await pause.WaitForNextTickAsync(deadline.Token));
    }

    private static async Task<T> PostAsync<T>(HttpClient client, string path, object? body)
    {
        using var response = await client.PostAsync(
            path, body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractsJson.Options), Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, Cancellation))!;
    }
}

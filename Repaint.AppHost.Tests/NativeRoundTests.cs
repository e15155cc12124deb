using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.AppHost.Tests;

/// <summary>A photo becomes a picture, and the commands of the dashboard do their work.</summary>
public sealed class NativeRoundTests(NativeSystem system) : IClassFixture<NativeSystem>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_photo_becomes_a_picture()
    {
        using var staff = await StaffAsync();
        var created = await PostAsync<EventDetails>(staff, "/api/staff/events", new EventSettings("Round"));
        using var visitor = system.App.CreateHttpClient(ResourceNames.Api, "http");
        var joined = await PostAsync<JoinedVisitor>(visitor, $"/api/events/{created.Id}/visitors", body: null);
        visitor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined.Token);

        using var photo = new ByteArrayContent(await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "dandelions.jpg"), Cancellation));
        photo.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var accepted = await staff.PutAsync(
            $"/api/staff/events/{created.Id}/visitors/{joined.VisitorId}/photo", photo, Cancellation);
        accepted.EnsureSuccessStatusCode();
        await UntilAsync(async () => (await visitor.GetFromJsonAsync<VisitorUpdate>(
            "/api/visitors/me/updates", ContractsJson.Options, Cancellation))!.State == VisitorPictureStates.Ready);

        var link = await PostAsync<OneTimeUrl>(
            visitor, "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View));
        using var anybody = new HttpClient();
        Assert.Equal([0xFF, 0xD8], (await anybody.GetByteArrayAsync(link.Url, Cancellation))[..2]);
    }

    [Fact]
    public async Task The_commands_seed_the_demo_event_and_redrive_dead_letters()
    {
        var commands = system.App.Services.GetRequiredService<ResourceCommandService>();
        foreach (var command in (string[])["seed", .. QueueNames.All.Select(queue => $"redrive-{queue}")])
        {
            var result = await commands.ExecuteCommandAsync(ResourceNames.Api, command, Cancellation);
            Assert.True(result.Success, $"{command}: {result.Message}");
            // The program behind the command, which does the work and ends.
            var ended = await system.App.ResourceNotifications.WaitForResourceAsync(
                command, change => change.Snapshot.ExitCode is not null, Cancellation).WaitAsync(NativeSystem.Patience, Cancellation);
            Assert.Equal(0, ended.Snapshot.ExitCode);
        }

        // The script that seeds acts for the account that signs in to the console, so that a person sees the event.
        using var staff = await StaffAsync();
        var profile = await staff.GetFromJsonAsync<StaffProfile>("/api/staff/me", ContractsJson.Options, Cancellation);
        Assert.Equal("staff", profile!.Subject);
        Assert.NotEmpty(profile.Events);
    }

    [Fact]
    public async Task Prometheus_reads_the_internal_listener_and_not_the_public_one()
    {
        using var inside = system.App.CreateHttpClient(ResourceNames.Api, ResourceNames.InternalEndpoint);
        Assert.Contains("target_info", await inside.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
        using var outside = system.App.CreateHttpClient(ResourceNames.Api, "http");
        using var refused = await outside.GetAsync("/metrics", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    private async Task<HttpClient> StaffAsync()
    {
        using var identity = system.App.CreateHttpClient(ResourceNames.Identity);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "repaint-script",
            ["client_secret"] = await system.GetParameterAsync("script-client-secret"),
        });
        using var response = await identity.PostAsync(new Uri("connect/token", UriKind.Relative), form, Cancellation);
        response.EnsureSuccessStatusCode();
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("access_token").GetString();
        var staff = system.App.CreateHttpClient(ResourceNames.Api, "http");
        staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return staff;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(NativeSystem.Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await condition())
        {
            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<T> PostAsync<T>(HttpClient client, string path, object? body)
    {
        using var response = await client.PostAsync(
            path, body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractsJson.Options), Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, Cancellation))!;
    }
}

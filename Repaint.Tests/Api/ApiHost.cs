using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Repaint.Api;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.Migrations;
using Repaint.ServiceDefaults.Postgres;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Api;

/// <summary>The API over real HTTP and a real database, between a fake gateway and a fake authority.</summary>
public sealed class ApiHost(PostgresFixture postgres) : IAsyncLifetime
{
    internal const string Owner = "owner";

    private Factory? _factory;

    internal FakeGateway Gateway { get; } = new();

    internal FakeAuthority Authority { get; } = new();

    /// <summary>Starts at the real time, because tokens are valid by it; moves only when told.</summary>
    internal FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    internal string ConnectionString { get; private set; } = "";

    internal Uri Address { get; private set; } = new("http://127.0.0.1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await postgres.CreateDatabaseAsync();
        await using (var source = PostgresExtensions.CreateDataSource(ConnectionString))
        await using (var context = new RepaintDbContext(MigrationExtensions.Options<RepaintDbContext>(source)))
        {
            await context.Database.MigrateAsync();
        }

        await Gateway.StartAsync();
        await Authority.StartAsync();
        (_factory, Address) = StartInstance();
    }

    /// <summary>An instance of the API on this database; the test disposes every one it starts itself.</summary>
    internal (Factory Factory, Uri Address) StartInstance(Action<IWebHostBuilder>? configure = null)
    {
        var port = FreePort.Next();
        var factory = new Factory(this, configure);
        factory.UseKestrel(port);
        factory.StartServer();
        return (factory, new Uri($"http://127.0.0.1:{port}"));
    }

    internal HttpClient Client(string? token = null, Uri? address = null)
    {
        var client = new HttpClient { BaseAddress = address ?? Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    internal HttpClient Staff(string subject = Owner) => Client(Authority.Token(subject, roles: "event-creator"));

    /// <summary>A person whose e-mail address the authority vouches for; or, unverified, only mentions.</summary>
    internal HttpClient Person(string subject, string email, bool verified = true) => Client(Authority.Token(subject, token =>
        token.Claims = new Dictionary<string, object> { ["email"] = email, ["email_verified"] = verified }));

    /// <summary>Makes somebody a member as an invitation would.</summary>
    internal Task<Guid> AddMemberAsync(Guid eventId, string subject, string role = EventRoles.Staff, string? email = null) => QueryAsync(async context =>
    {
        var member = new Repaint.Api.Members.EventMember
        {
            Id = Guid.CreateVersion7(Time.GetUtcNow()),
            EventId = eventId,
            Subject = subject,
            Role = role,
            Email = email,
            CreatedAt = Time.GetUtcNow(),
        };
        context.Add(member);
        await context.SaveChangesAsync(Cancellation);
        return member.Id;
    });

    internal async Task<EventDetails> CreateEventAsync(int paletteCount = 8, int cooldownSeconds = 0)
    {
        using var staff = Staff();
        using var response = await staff.PostAsJsonAsync(
            "/api/staff/events", new EventSettings("Matsuri", paletteCount, cooldownSeconds), Cancellation);
        return await ReadAsync<EventDetails>(response);
    }

    internal async Task<JoinedVisitor> JoinAsync(Guid eventId)
    {
        using var client = Client();
        using var response = await client.PostAsync($"/api/events/{eventId}/visitors", null, Cancellation);
        return await ReadAsync<JoinedVisitor>(response);
    }

    internal async Task<SpotDetails> CreateSpotAsync(Guid eventId, int? rotationSeconds = null)
    {
        using var staff = Staff();
        using var response = await staff.PostAsJsonAsync($"/api/staff/events/{eventId}/spots", new SpotSettings("Gate", rotationSeconds), Cancellation);
        return await ReadAsync<SpotDetails>(response);
    }

    internal async Task<AcceptedImage> UploadAsync(Guid eventId, params byte[] bytes)
    {
        using var staff = Staff();
        using var response = await staff.PostAsync($"/api/staff/events/{eventId}/images", new ByteArrayContent(bytes), Cancellation);
        return await ReadAsync<AcceptedImage>(response);
    }

    internal async Task<HttpResponseMessage> PhotographAsync(Guid eventId, Guid visitorId, byte[] bytes, bool overwrite = false)
    {
        using var staff = Staff();
        return await staff.PutAsync(
            $"/api/staff/events/{eventId}/visitors/{visitorId}/photo?overwrite={(overwrite ? "true" : "false")}",
            new ByteArrayContent(bytes), Cancellation);
    }

    internal async Task<AcceptedImage> PhotographAsync(JoinedVisitor visitor, params byte[] bytes)
    {
        using var response = await PhotographAsync(visitor.Event.Id, visitor.VisitorId, bytes);
        return await ReadAsync<AcceptedImage>(response);
    }

    /// <summary>What the queue would bring when the gateway has clustered an image.</summary>
    internal Task ClusteredAsync(EventDetails row, AcceptedImage image, Guid? visitorId = null, long version = 5) => HandleAsync(
        new ImageUpdated(row.Id, image.ImageId, visitorId, version, image.Revision, ImageState.Clustered, 1, null, null, Time.GetUtcNow(),
            [.. Enumerable.Range(0, row.PaletteCount).Select(id => new PaletteDescription(id, $"#0000{id:x2}", new ColourName($"青{id}", $"blue {id}"), 1.0 / row.PaletteCount))]));

    /// <summary>Delivers a message as the processor does.</summary>
    internal async Task HandleAsync<TMessage>(TMessage message)
        where TMessage : IMessage
    {
        await using var scope = _factory!.Services.CreateAsyncScope();
        var handler = scope.ServiceProvider.GetRequiredService<IMessageHandler<TMessage>>();
        await handler.HandleAsync(message, new MessageContext(TMessage.Queue, message.MessageId, 1, null), Cancellation);
    }

    internal async Task<T> QueryAsync<T>(Func<RepaintDbContext, Task<T>> query)
    {
        await using var scope = _factory!.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<RepaintDbContext>());
    }

    internal static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {body}");
        return System.Text.Json.JsonSerializer.Deserialize<T>(body, ContractsJson.Options)!;
    }

    internal static async Task AssertProblemAsync(int status, string code, HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("code").GetString());
    }

    /// <summary>Waits until a condition holds; or two minutes have passed.</summary>
    internal static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, "The condition did not come to hold.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    /// <summary>What something comes to that waits for the host's clock, of which a second passes at a time.</summary>
    internal async Task<T> PassTimeAsync<T>(Task<T> waiting)
    {
        await UntilAsync(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            return waiting.IsCompleted;
        });
        return await waiting;
    }

    public async ValueTask DisposeAsync()
    {
        if (_factory is not null)
        {
            await _factory.DisposeAsync();
        }

        await Gateway.DisposeAsync();
        await Authority.DisposeAsync();
    }

    internal sealed class Factory(ApiHost host, Action<IWebHostBuilder>? configure) : WebApplicationFactory<ApiOptions>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.ConfigureLogging(logging => logging.ClearProviders());
            builder.UseEnvironment("Production");
            builder.UseSetting("PublicOrigin", "http://127.0.0.1:5080");
            builder.UseSetting("ConnectionStrings:repaint", host.ConnectionString);
            builder.UseSetting("ConnectionStrings:messaging",
                "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=test;SharedAccessKey=dGVzdA==;UseDevelopmentEmulator=true");
            builder.UseSetting("services:image-gateway:internal:0", host.Gateway.Address.ToString());
            builder.UseSetting("Gateway:PublicOrigin", "http://127.0.0.1:5081");
            builder.UseSetting("Gateway:Key", FakeGateway.Key);
            builder.UseSetting("Authentication:Authority", host.Authority.Issuer.ToString());
            builder.UseSetting("Authentication:RequireHttpsMetadata", "false");
            configure?.Invoke(builder);
            builder.ConfigureServices(services =>
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(host.Time));
                // Tests deliver messages themselves; there is no bus to wait for.
                var messaging = typeof(MessagingExtensions).Assembly;
                foreach (var processor in services.Where(service => service.ServiceType == typeof(IHostedService)
                    && service.ImplementationFactory?.Method.Module.Assembly == messaging).ToList())
                {
                    services.Remove(processor);
                }

                services.TryAddScoped<IMessageHandler<ImageUpdated>, Repaint.Api.Images.ImageUpdatedHandler>();
                services.TryAddScoped<IMessageHandler<RenderingUpdated>, Repaint.Api.Rendering.RenderingUpdatedHandler>();
            });
        }
    }
}

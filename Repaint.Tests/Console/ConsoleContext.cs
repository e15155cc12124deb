using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;
using Repaint.Console.Api;
using Repaint.Console.Board;
using Repaint.Console.Events;
using Repaint.Console.Localisation;
using Repaint.Console.Photograph;
using Repaint.Console.SignIn;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

/// <summary>A page of the console: the API answers what a test says, a browser's scripts do nothing that it does not say.</summary>
public abstract class ConsoleContext : BunitContext
{
    private readonly Dictionary<string, Func<HttpResponseMessage>> _answers = [];

    protected ConsoleContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton<Words>();
        Services.AddSingleton<Session>();
        Services.AddSingleton<Profile>();
        Services.AddSingleton<CurrentEvent>();
        Services.AddSingleton<Camera>();
        Services.AddSingleton<Outbox>();
        Services.AddSingleton<Pictures>();
        Services.AddSingleton<EventFeed>();
        Services.AddSingleton(new StaffApi(new HttpClient(new Answers(this)) { BaseAddress = new Uri("https://repaint.example/") }));
        Answer("", new EventDetails(EventId, "Harbour", 4, 300, EventRoles.Owner, Time.GetUtcNow()));
    }

    protected static Guid EventId { get; } = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff01");

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What was asked of the API, in order: the method, and the path below the event's.</summary>
    protected List<string> Asked { get; } = [];

    /// <summary>What the API answers below the event's path; everything else is unreachable.</summary>
    protected void Answer<T>(string path, T body) => _answers[path] = () => new HttpResponseMessage
    {
        Content = JsonContent.Create(body, options: JsonSerializerOptions.Web),
    };

    protected void Refuse(string path, HttpStatusCode status, string code) => _answers[path] = () => new HttpResponseMessage(status)
    {
        Content = JsonContent.Create(new ApiProblem((int)status, code), options: JsonSerializerOptions.Web),
    };

    protected void Forget(string path) => _answers.Remove(path);

    protected BunitJSModuleInterop Script(string name)
    {
        var script = JSInterop.SetupModule($"./js/{name}.js");
        script.Mode = JSRuntimeMode.Loose;
        return script;
    }

    protected IRenderedComponent<MudDialogProvider> Dialogs() => Render<MudDialogProvider>();

    protected static AngleSharp.Dom.IElement Button(IRenderedComponent<Microsoft.AspNetCore.Components.IComponent> page, string words) =>
        page.FindAll("button").Single(button => button.TextContent.Trim() == words || button.GetAttribute("aria-label") == words);

    private sealed class Answers(ConsoleContext context) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.PathAndQuery.Replace($"/api/staff/events/{EventId}", "", StringComparison.Ordinal);
            context.Asked.Add($"{request.Method} {path}");
            return context._answers.TryGetValue(path, out var answer)
                ? Task.FromResult(answer())
                : Task.FromException<HttpResponseMessage>(new HttpRequestException($"Nothing answers {path}."));
        }
    }
}

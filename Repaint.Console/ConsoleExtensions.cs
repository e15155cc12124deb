using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using MudBlazor;
using MudBlazor.Services;
using Repaint.Console.Api;
using Repaint.Console.Board;
using Repaint.Console.Events;
using Repaint.Console.Layout;
using Repaint.Console.Localisation;
using Repaint.Console.Photograph;
using Repaint.Console.SignIn;

namespace Repaint.Console;

internal static class ConsoleExtensions
{
    public static void AddConsole(this WebAssemblyHostBuilder builder)
    {
        var services = builder.Services;
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.PreventDuplicates = true;
        });
        services.AddTransient<MudLocalizer, MudWords>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Words>();
        services.AddSingleton<Preferences>();
        services.AddSingleton<Session>();
        services.AddSingleton<Profile>();
        services.AddSingleton<CurrentEvent>();
        services.AddSingleton<Camera>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<Pictures>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton(provider => new StaffApi(new HttpClient(
            new BearerHandler(provider.GetRequiredService<Session>()) { InnerHandler = new HttpClientHandler() })
        {
            // The API's origin: this app is served below /console/ of it.
            BaseAddress = new Uri(new Uri(builder.HostEnvironment.BaseAddress), "/"),
        }));
    }

    public static async Task StartConsoleAsync(this WebAssemblyHost host)
    {
        await host.Services.GetRequiredService<Preferences>().LoadAsync();
        await host.Services.GetRequiredService<Session>().StartAsync();
        await host.Services.GetRequiredService<Outbox>().StartAsync();
    }
}

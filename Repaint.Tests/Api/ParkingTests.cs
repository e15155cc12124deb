using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Api.Notifications;

namespace Repaint.Tests.Api;

public sealed class ParkingTests
{
    [Fact]
    public async Task A_parked_response_waits_without_the_services_that_let_it_in()
    {
        await using var services = new ServiceCollection().AddScoped<Held>().BuildServiceProvider();
        var context = new DefaultHttpContext();
        context.Features.Set<IServiceProvidersFeature>(new RequestServicesFeature(context, services.GetRequiredService<IServiceScopeFactory>()));
        var parked = new Parked();
        Held? held = null;
        var request = new ParkingMiddleware(parking =>
        {
            held = parking.RequestServices.GetRequiredService<Held>();
            parking.Features.Set<IParkedResponse>(parked);
            return Task.CompletedTask;
        }).InvokeAsync(context);
        Assert.True(held!.IsDisposed);
        Assert.False(request.IsCompleted);
        Assert.False(parked.IsDisposed);
        parked.Done.SetResult();
        await request;
        Assert.True(parked.IsDisposed);
    }

    [Fact]
    public async Task A_client_that_goes_is_told_to_the_owner()
    {
        using var gone = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = gone.Token };
        var parked = new Parked();
        var request = new ParkingMiddleware(parking =>
        {
            parking.Features.Set<IParkedResponse>(parked);
            return Task.CompletedTask;
        }).InvokeAsync(context);
        await gone.CancelAsync();
        await request;
        Assert.True(parked.IsDisposed);
    }

    [Fact]
    public async Task What_fails_after_it_has_parked_is_let_go()
    {
        var context = new DefaultHttpContext();
        var parked = new Parked();
        await Assert.ThrowsAsync<InvalidOperationException>(() => new ParkingMiddleware(parking =>
        {
            parking.Features.Set<IParkedResponse>(parked);
            throw new InvalidOperationException();
        }).InvokeAsync(context));
        Assert.True(parked.IsDisposed);
    }

    private sealed class Held : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Parked : IParkedResponse
    {
        public TaskCompletionSource Done { get; } = new();

        public bool IsDisposed { get; private set; }

        public Task Completion => Done.Task;

        public void End() => Done.SetResult();

        public void Dispose() => IsDisposed = true;
    }
}

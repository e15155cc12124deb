using System.Net;
using System.Net.Http.Headers;

namespace Repaint.Local.Demo;

/// <summary>
/// Repeats requests through outages: a service that is being restarted, a picture that is still being made, a limit.
/// Every request of the public API that these clients send may be repeated.
/// </summary>
internal sealed class Patience(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Sends what <paramref name="request"/> makes until the answer is final.</summary>
    /// <exception cref="LocalException">The answer is a refusal, or there was none in three minutes.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpClient client, Func<CancellationToken, Task<HttpRequestMessage>> request, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            string problem;
            var pause = Pause;
            try
            {
                using var message = await request(cancellationToken);
                var response = await client.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancellationToken);
                if (!IsPassing(response))
                {
                    return response;
                }

                // Without its query, which may be a one-time token.
                problem = $"{Target(message)} answers {(int)response.StatusCode} "
                    + await response.Content.ReadAsStringAsync(cancellationToken);
                pause = RetryAfter(response.Headers.RetryAfter) ?? Pause;
                response.Dispose();
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException
                || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                problem = exception.Message;
            }

            if (time.GetElapsedTime(began) > Limit)
            {
                throw new LocalException($"No answer in {Limit.TotalMinutes:0} minutes. The last: {problem}");
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Asks again and again until <paramref name="look"/> finds something.</summary>
    public async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look, CancellationToken cancellationToken)
        where T : class
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Limit)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        throw new LocalException($"{what}: not within {Limit.TotalMinutes:0} minutes.");
    }

    private static string Target(HttpRequestMessage message) => message.RequestUri!.GetLeftPart(UriPartial.Path);

    /// <summary>A refusal that passes. 409 passes only when it says when.</summary>
    private static bool IsPassing(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError
        || (response.StatusCode == HttpStatusCode.Conflict && response.Headers.RetryAfter is not null);

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta is { } delta ? (delta < LongestPause ? delta : LongestPause) : null;
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Repaint.Tests.Infrastructure;

/// <summary>
/// Looks for secrets and people in telemetry: by their form, so that those of any test are found, and by what a test says it
/// was given. Reads protocol buffers without knowing their schema: every text in them, however deep.
/// </summary>
internal sealed partial class SecretScan
{
    private const int MaxDepth = 20;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly (string Kind, Regex Form)[] Forms =
    [
        ("a bearer token, a one-time token or a spot's code", OpaqueForm()),
        ("an access token", JwtForm()),
        ("a recovery code", RecoveryForm()),
        ("an e-mail address", EmailForm()),
    ];

    private readonly ConcurrentDictionary<string, string> _known = new();
    private readonly ConcurrentDictionary<string, string> _findings = new();

    /// <summary>What was found, by kind, with where; never the secret itself.</summary>
    public IReadOnlyCollection<string> Findings => [.. _findings.Values];

    /// <summary>Has a certain text looked for as well.</summary>
    public void Know(string kind, string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
        {
            _known[secret] = kind;
        }
    }

    /// <summary>Scans a message of protocol buffers.</summary>
    public void Scan(ReadOnlySpan<byte> message, string where) => Walk(message, where, "", 0);

    private bool Walk(ReadOnlySpan<byte> message, string where, string path, int depth)
    {
        // First whether it can be a message at all, then what is in it.
        for (var pass = 0; pass < 2; pass++)
        {
            var rest = message;
            while (!rest.IsEmpty)
            {
                if (!TryReadVarint(ref rest, out var tag) || tag >> 3 is 0 or > 10_000)
                {
                    return false;
                }

                var content = default(ReadOnlySpan<byte>);
                switch (tag & 7)
                {
                    case 0 when TryReadVarint(ref rest, out _):
                        break;
                    case 1 when rest.Length >= 8:
                        rest = rest[8..];
                        break;
                    case 2 when TryReadVarint(ref rest, out var length) && length <= (ulong)rest.Length:
                        content = rest[..(int)length];
                        rest = rest[(int)length..];
                        break;
                    case 5 when rest.Length >= 4:
                        rest = rest[4..];
                        break;
                    default:
                        return false;
                }

                var deeper = $"{path}/{tag >> 3}";
                if (pass == 1 && !content.IsEmpty && !(content.Length is 8 or 16 && IdField().IsMatch(where + deeper)))
                {
                    var isMessage = depth < MaxDepth && Walk(content, where, deeper, depth + 1);
                    if (TryRead(content) is { } text && (!isMessage || !text.Any(char.IsControl)))
                    {
                        Judge(text, where, deeper);
                    }
                }
            }
        }

        return true;
    }

    private void Judge(string text, string where, string path)
    {
        foreach (var (kind, form) in Forms)
        {
            if (form.IsMatch(text))
            {
                Find(kind, where, path, form.Replace(text, "…"));
            }
        }

        foreach (var (secret, kind) in _known)
        {
            if (text.Contains(secret, StringComparison.Ordinal))
            {
                Find(kind, where, path, text.Replace(secret, "…", StringComparison.Ordinal));
            }
        }
    }

    private void Find(string kind, string where, string path, string around) =>
        _findings.TryAdd($"{kind} {where} {path}", $"{kind} in {where}, field {path}: {around[..Math.Min(around.Length, 200)]}");

    private static string? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var index = 0; index < Math.Min(bytes.Length, 10); index++)
        {
            value |= (ulong)(bytes[index] & 0x7f) << (7 * index);
            if (bytes[index] < 0x80)
            {
                bytes = bytes[(index + 1)..];
                return true;
            }
        }

        return false;
    }

    // Ids of traces and spans in OTLP (span, link, log record, exemplar): random bytes, now and then those of "6@a".
    [GeneratedRegex(@"^(Trace/1/2/2/([124]|13/[12])|Logs/1/2/2/(9|10)|Metrics/1/2/2/\d+/1/\d+/[45])$")]
    private static partial Regex IdField();

    // 43 characters and more of base64url: 32 random bytes have upper case, lower case and digits, unlike ids in hex and names.
    [GeneratedRegex("(?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{43,}")]
    private static partial Regex OpaqueForm();

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{8,}\.eyJ")]
    private static partial Regex JwtForm();

    // Four groups of four, and a capital among them, which an id in hex does not have.
    [GeneratedRegex(@"(?<![0-9A-Za-z])(?=[0-9-]*[A-Z])[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}(?![0-9A-Za-z])")]
    private static partial Regex RecoveryForm();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")]
    private static partial Regex EmailForm();
}

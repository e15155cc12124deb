using System.Data.Common;

namespace Repaint.Messaging.Connections;

/// <summary>
/// Where the broker is and how to prove who we are: a connection string with a key, or a bare namespace host name,
/// which means managed identity.
/// </summary>
internal sealed record BusAddress(string Host, int Port, bool Tls, string? KeyName, string? Key)
{
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    /// <exception cref="FormatException">Neither form.</exception>
    public static BusAddress Parse(string text)
    {
        if (!text.Contains('='))
        {
            // Aspire hands over a URI in some versions and a bare host name in others.
            var bare = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : text.Trim().TrimEnd('/');
            return Uri.CheckHostName(bare) != UriHostNameType.Unknown
                ? new BusAddress(bare, TlsPort, Tls: true, KeyName: null, Key: null)
                : throw new FormatException("The messaging connection string is neither a host name nor key-value pairs.");
        }

        DbConnectionStringBuilder fields;
        try
        {
            fields = new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            // The cause quotes the string, key and all.
            throw new FormatException("The messaging connection string cannot be read.");
        }

        if (!Uri.TryCreate(Field("Endpoint"), UriKind.Absolute, out var endpoint) || endpoint.Host.Length == 0)
        {
            throw new FormatException("The messaging connection string has no Endpoint=sb://….");
        }

        var emulator = bool.TryParse(Field("UseDevelopmentEmulator"), out var development) && development;
        var keyName = Field("SharedAccessKeyName");
        var key = Field("SharedAccessKey");
        if ((keyName is null) != (key is null))
        {
            throw new FormatException("The messaging connection string has only one of SharedAccessKeyName and SharedAccessKey.");
        }

        var port = endpoint.Port > 0 ? endpoint.Port : emulator ? PlainPort : TlsPort;
        return new BusAddress(endpoint.Host, port, !emulator, keyName, key);

        string? Field(string name) => fields.TryGetValue(name, out var value) ? value as string : null;
    }

    /// <summary>What a token for one of the broker's addresses is made out to.</summary>
    public string Audience(string address) => $"sb://{Host}/{address}";

    // The generated text would hold the key.
    public override string ToString() => $"{Host}:{Port}";
}

namespace Repaint.Contracts.Http;

/// <summary>What texts that a person types may hold.</summary>
public static class NamePattern
{
    /// <summary>No control characters: PostgreSQL refuses U+0000, and the others break posters.</summary>
    public const string NoControlCharacters = @"^\P{Cc}+$";

    /// <summary>Something like an e-mail address; only a message that arrives proves one.</summary>
    public const string Email = @"^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$";

    /// <summary>Digits as people group them, perhaps with a country's code.</summary>
    public const string Phone = @"^\+?[0-9][0-9 ()\-]*$";

    /// <summary>A web page: what else a link may start, such as <c>javascript:</c>, has no business on a visitor's phone.</summary>
    public const string WebAddress = @"^https?://[^\s\p{Cc}]+$";
}

namespace Repaint.Contracts.Http;

/// <summary>What a name that a person types may hold.</summary>
public static class NamePattern
{
    /// <summary>No control characters: PostgreSQL refuses U+0000, and the others break posters.</summary>
    public const string NoControlCharacters = @"^\P{Cc}+$";
}

namespace Repaint.Api.Authentication;

/// <summary>Who calls: names of authentication schemes, and of the policies that admit only them.</summary>
internal static class Callers
{
    public const string Visitor = "visitor";

    public const string Staff = "staff";
}

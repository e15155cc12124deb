namespace Repaint.Api.Authentication;

/// <summary>One Entra tenant, as its authority names it.</summary>
internal sealed record EntraTenant(string Instance, Guid TenantId)
{
    /// <summary>Issuer of version 2 tokens, and the older one of version 1, which an app registration may still ask for.</summary>
    public string[] Issuers => [$"{Instance}{TenantId}/v2.0", $"https://sts.windows.net/{TenantId}/"];

    /// <summary>Null when the authority does not name one tenant.</summary>
    public static EntraTenant? Parse(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var uri)
        && uri.AbsolutePath.Trim('/').Split('/') is [var tenant, "v2.0"] && Guid.TryParse(tenant, out var tenantId)
            ? new EntraTenant(uri.GetLeftPart(UriPartial.Authority) + "/", tenantId)
            : null;
}

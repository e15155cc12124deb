using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Repaint.LocalIdentity.SignIn;

/// <summary>The accounts of the configuration.</summary>
internal sealed class AccountDirectory(IOptions<LocalIdentityOptions> options)
{
    private readonly PasswordHasher<Account> _hasher = new();
    private readonly Dictionary<string, Account> _accounts =
        options.Value.Accounts.ToDictionary(account => account.UserName, StringComparer.OrdinalIgnoreCase);

    // Verified when there is no such account, so that the answer takes as long as for one that exists.
    private readonly Account _nobody = new() { PasswordHash = new PasswordHasher<Account>().HashPassword(new Account(), "nobody") };

    public bool TryFind(string? userName, [NotNullWhen(true)] out Account? account) =>
        _accounts.TryGetValue(userName ?? "", out account);

    /// <summary>The account, when the password is right.</summary>
    public Account? Verify(string userName, string password)
    {
        var known = TryFind(userName, out var account);
        account ??= _nobody;
        var right = _hasher.VerifyHashedPassword(account, account.PasswordHash, password) != PasswordVerificationResult.Failed;
        return known && right ? account : null;
    }
}

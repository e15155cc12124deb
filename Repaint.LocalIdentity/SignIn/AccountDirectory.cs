using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Repaint.LocalIdentity.SignIn;

/// <summary>The accounts of the configuration.</summary>
internal sealed class AccountDirectory(IOptions<LocalIdentityOptions> options)
{
    private static readonly PasswordHasher<Account> Hasher = new();
    private readonly Dictionary<string, (Account Account, string Hash)> _accounts = options.Value.Accounts.ToDictionary(
        account => account.UserName,
        account => (account, account.PasswordHash ?? Hasher.HashPassword(account, account.Password!)),
        StringComparer.OrdinalIgnoreCase);

    // Verified when there is no such account, so that the answer takes as long as for one that exists.
    private readonly (Account Account, string Hash) _nobody = (new Account(), Hasher.HashPassword(new Account(), "nobody"));

    public bool TryFind(string? userName, [NotNullWhen(true)] out Account? account)
    {
        account = _accounts.TryGetValue(userName ?? "", out var entry) ? entry.Account : null;
        return account is not null;
    }

    /// <summary>The account, when the password is right.</summary>
    public Account? Verify(string userName, string password)
    {
        var known = _accounts.TryGetValue(userName, out var entry);
        var (account, hash) = known ? entry : _nobody;
        var right = Hasher.VerifyHashedPassword(account, hash, password) != PasswordVerificationResult.Failed;
        return known && right ? account : null;
    }
}

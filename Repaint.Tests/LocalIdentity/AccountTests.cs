using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Repaint.LocalIdentity;
using Repaint.LocalIdentity.SignIn;

namespace Repaint.Tests.LocalIdentity;

/// <summary>Accounts come with a password's hash, or with a password from an orchestrator that keeps it.</summary>
public sealed class AccountTests
{
    private const string Password = "correct horse battery";
    private static readonly string Hash = new PasswordHasher<Account>().HashPassword(new Account(), Password);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_right_password_and_no_other_lets_in(bool isHashed)
    {
        var directory = new AccountDirectory(Options.Create(Settings(isHashed ? Hash : null, isHashed ? null : Password)));

        Assert.NotNull(directory.Verify("hanako", Password));
        Assert.Null(directory.Verify("hanako", Password + "!"));
        Assert.Null(directory.Verify("hanako", ""));
        Assert.Null(directory.Verify("nobody", "nobody"));
    }

    [Fact]
    public void An_account_has_one_of_both()
    {
        var validator = new LocalIdentityOptionsValidator();

        Assert.True(validator.Validate(null, Settings(Hash, null)).Succeeded);
        Assert.True(validator.Validate(null, Settings(null, Password)).Succeeded);
        Assert.True(validator.Validate(null, Settings(null, null)).Failed);
        Assert.True(validator.Validate(null, Settings(Hash, Password)).Failed);
        Assert.True(validator.Validate(null, Settings(null, "too short")).Failed);
    }

    private static LocalIdentityOptions Settings(string? hash, string? password) => new()
    {
        Issuer = new Uri("http://127.0.0.1:1/"),
        DataDirectory = "/nowhere",
        Accounts = [new Account { UserName = "hanako", Email = "hanako@example.org", PasswordHash = hash, Password = password }],
    };
}

namespace Repaint.AppHost;

/// <summary>Who may sign in, and where to; run mode only.</summary>
internal static class IdentityExtensions
{
    private const string StaffAccount = "staff";

    /// <summary>The console may send people to the authority and be sent back.</summary>
    public static IResourceBuilder<ProjectResource> WithConsole(
        this IResourceBuilder<ProjectResource> identity, IResourceBuilder<ProjectResource> api) => identity
        .WithEnvironment("Identity__ConsoleRedirectUris__0", Callback(api, "login"))
        .WithEnvironment("Identity__ConsoleRedirectUris__1", Callback(api, "logout"));

    /// <summary>A member of staff, whose password the dashboard shows among the parameters. Scripts act for the same account.</summary>
    public static IResourceBuilder<ProjectResource> WithStaffAccount(
        this IResourceBuilder<ProjectResource> identity, IResourceBuilder<ParameterResource> password) => identity
        .WithEnvironment("Identity__ScriptAccount", StaffAccount)
        .WithEnvironment("Identity__Accounts__0__UserName", StaffAccount)
        .WithEnvironment("Identity__Accounts__0__Email", "staff@localhost")
        .WithEnvironment("Identity__Accounts__0__Password", password)
        .WithEnvironment("Identity__Accounts__0__Roles__0", "event-creator");

    private static ReferenceExpression Callback(IResourceBuilder<ProjectResource> api, string way) =>
        ReferenceExpression.Create($"{api.GetEndpoint("http")}/console/authentication/{way}-callback");
}

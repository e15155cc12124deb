using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.Tokens;
using Repaint.Api.Members;

namespace Repaint.Api.Authentication;

internal static class AuthenticationExtensions
{
    // Asymmetric signatures only: with a symmetric one, whoever knows the public key could sign.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Two kinds of callers that never mix: visitors by opaque token, staff by OpenID Connect access token.</summary>
    public static void AddCallers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<StaffAuthenticationOptions>()
            .BindConfiguration(StaffAuthenticationOptions.Section)
            .PostConfigure(options => options.SetDefaults())
            .ValidateDataAnnotations().ValidateOnStart();
        // Before the scheme: what Microsoft.Identity.Web does builds on it.
        builder.Services.AddOptions<JwtBearerOptions>(Callers.Staff).Configure<IOptions<StaffAuthenticationOptions>>(ConfigureStaff);
        var authentication = builder.Services.AddAuthentication()
            .AddScheme<VisitorAuthenticationOptions, VisitorAuthenticationHandler>(Callers.Visitor, _ => { });
        if (builder.Configuration.GetValue<StaffProvider>($"{StaffAuthenticationOptions.Section}:{nameof(StaffAuthenticationOptions.Provider)}")
            == StaffProvider.Entra)
        {
            authentication.AddEntra(builder.Configuration);
        }
        else
        {
            authentication.AddJwtBearer(Callers.Staff, _ => { });
        }

        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Callers.Visitor, Only(Callers.Visitor))
            .AddPolicy(Callers.Staff, Only(Callers.Staff))
            // A route that says nothing is closed.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(Callers.Staff).RequireAssertion(_ => false).Build());
    }

    private static AuthorizationPolicy Only(string scheme) =>
        new AuthorizationPolicyBuilder(scheme).RequireAuthenticatedUser().Build();

    /// <summary>Entra: the issuer's validation, and that a token carries a scope or a role, are Microsoft.Identity.Web's.</summary>
    private static void AddEntra(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var staff = new StaffAuthenticationOptions();
        configuration.GetSection(StaffAuthenticationOptions.Section).Bind(staff);
        var tenant = EntraTenant.Parse(staff.Authority);
        authentication.AddMicrosoftIdentityWebApi(_ => { }, identity =>
        {
            identity.Instance = tenant?.Instance ?? staff.Authority;
            identity.TenantId = tenant?.TenantId.ToString();
            identity.ClientId = staff.Audience;
        }, Callers.Staff);
    }

    private static void ConfigureStaff(JwtBearerOptions bearer, IOptions<StaffAuthenticationOptions> options)
    {
        var staff = options.Value;
        bearer.Authority = staff.Authority;
        bearer.MetadataAddress = staff.MetadataAddress!;
        bearer.RequireHttpsMetadata = staff.RequireHttpsMetadata;
        bearer.MapInboundClaims = false;
        // The reason why a token is refused helps only its forger.
        bearer.IncludeErrorDetails = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudiences = [staff.Audience],
            ValidAlgorithms = Algorithms,
            ValidTypes = ["at+jwt", "application/at+jwt", "JWT"],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "sub",
            RoleClaimType = staff.RoleClaim!,
            ValidIssuers = staff.Provider == StaffProvider.Entra ? EntraTenant.Parse(staff.Authority)?.Issuers : null,
        };
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (context.Principal?.FindFirst("sub")?.Value is not { Length: > 0 and <= EventMember.MaxSubjectLength })
                {
                    context.Fail("The token has no usable subject.");
                }

                if (staff.Provider == StaffProvider.Entra && !EntraTenant.Parse(staff.Authority)!.Issuers.Contains(context.SecurityToken.Issuer))
                {
                    // Whatever else its validator lets pass: one tenant.
                    context.Fail("The token is of another tenant.");
                }

                return Task.CompletedTask;
            },
        };
    }
}

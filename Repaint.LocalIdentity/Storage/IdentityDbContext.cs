using Microsoft.EntityFrameworkCore;

namespace Repaint.LocalIdentity.Storage;

/// <summary>
/// OpenIddict's clients, authorisations and tokens. Accounts are configuration, so nothing here is missed: deleting the
/// file costs everyone one more sign-in. Hence no migrations.
/// </summary>
internal sealed class IdentityDbContext(DbContextOptions<IdentityDbContext> options) : DbContext(options);

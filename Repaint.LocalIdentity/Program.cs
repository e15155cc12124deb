using Repaint.LocalIdentity;
using Repaint.LocalIdentity.Connect;
using Repaint.LocalIdentity.SignIn;
using Repaint.LocalIdentity.Trust;
using Repaint.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddLocalIdentity();

var app = builder.Build();
app.UseExceptionHandler();
app.UseSecurityHeaders();
app.UseCors();
app.UseAuthentication();
app.UseAuthorization();
app.MapDefaultEndpoints();
app.MapConnect();
app.MapSignIn();
app.MapTrust();
await app.RunAsync();

using Repaint.Api;
using Repaint.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddApi();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapApi();
app.Run();

/// <summary>Entry point; named so that tests can host it.</summary>
internal sealed partial class Program;

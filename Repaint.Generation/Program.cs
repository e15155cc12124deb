using Repaint.Generation;
using Repaint.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddGeneration();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();

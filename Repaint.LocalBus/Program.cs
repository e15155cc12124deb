using Repaint.LocalBus;
using Repaint.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddLocalBus();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();

using Repaint.ImageGateway;
using Repaint.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddImageGateway();

var app = builder.Build();
app.UseImageGateway();
app.MapDefaultEndpoints();
app.MapImageGateway();
app.Run();

using Repaint.Clustering;
using Repaint.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddClustering();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();

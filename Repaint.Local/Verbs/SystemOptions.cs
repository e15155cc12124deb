using System.CommandLine;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

/// <summary>Options that say which system is meant.</summary>
internal static class SystemOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "Folder that keeps everything",
        HelpName = "DIR",
        DefaultValueFactory = _ => DataFolder.DefaultPath,
    };

    public static Option<int> Ports()
    {
        var option = new Option<int>("--ports")
        {
            Description = "First of the ports to use",
            HelpName = "BASE",
            DefaultValueFactory = _ => PortMap.DefaultBase,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1024 or > PortMap.MaxBase)
            {
                result.AddError($"--ports takes a number from 1024 to {PortMap.MaxBase}.");
            }
        });
        return option;
    }
}

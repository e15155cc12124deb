using System.Text.Json;
using Repaint.Local.Lan;
using Repaint.Local.Processes;
using Repaint.Local.Topology;

namespace Repaint.Local.Supervision;

/// <summary>What a running system says about itself, in a file for the other verbs; also what <c>status --json</c> prints.</summary>
/// <param name="Supervisor">The process that keeps the others alive.</param>
/// <param name="Ready">Whether everything has been healthy once and the demo event exists.</param>
/// <param name="DataFolder">Where it keeps everything.</param>
/// <param name="Urls">Addresses, by name.</param>
/// <param name="StaffAccountFile">File with the staff account's name and password.</param>
/// <param name="Resources">Its processes.</param>
/// <param name="Lan">How the network reaches it; null on loopback.</param>
internal sealed record SystemState(
    ProcessIdentity Supervisor,
    bool Ready,
    string DataFolder,
    SystemUrls Urls,
    string StaffAccountFile,
    IReadOnlyList<ResourceStatus> Resources,
    LanExposure? Lan = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The state of the system that runs on <paramref name="data"/>; null when none does.</summary>
    /// <exception cref="LocalException">One does, and its file cannot be read.</exception>
    public static SystemState? Read(DataFolder data)
    {
        var state = Load(data, out var damage);
        if (damage is null)
        {
            // A supervisor that was killed leaves its file behind.
            return state?.Supervisor.IsRunning == true ? state : null;
        }

        using var idle = data.TryLock();
        return idle is not null ? null : throw new LocalException(
            $"A system runs on {data.Path}, but its {data.StateFile} is damaged. `lslocks` names the process that holds "
            + $"{data.LockFile}: stop that one with kill, then start again.", damage);
    }

    /// <summary>Removes a file that cannot be read. For who has the folder's lock.</summary>
    public static void DiscardDamaged(DataFolder data)
    {
        Load(data, out var damage);
        if (damage is not null)
        {
            File.Delete(data.StateFile);
        }
    }

    private static SystemState? Load(DataFolder data, out JsonException? damage)
    {
        damage = null;
        try
        {
            return JsonSerializer.Deserialize<SystemState>(File.ReadAllText(data.StateFile), Json);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException exception)
        {
            // A laptop that lost its power may have left an empty one.
            damage = exception;
            return null;
        }
    }

    public void Write(DataFolder data)
    {
        var temporary = data.StateFile + ".new";
        File.WriteAllText(temporary, ToJson());
        File.Move(temporary, data.StateFile, overwrite: true);
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>Where everything is.</summary>
internal sealed record SystemUrls(Uri Api, Uri ApiDocs, Uri Gateway, Uri Identity, Uri Dashboard)
{
    public static SystemUrls Of(PublicAddresses addresses) => new(
        new Uri(addresses.Api),
        new Uri(addresses.Api + "/docs"),
        new Uri(addresses.Gateway),
        new Uri(addresses.Identity),
        new Uri(PortMap.Url(addresses.Ports.Dashboard)));

    /// <summary>A trace in the dashboard.</summary>
    public Uri Trace(string traceId) => new(Dashboard, $"/traces/detail/{traceId}");
}

using Repaint.Local.Lan;

namespace Repaint.Local.Topology;

/// <summary>Where people's browsers reach the three public services, and what these listen on.</summary>
/// <param name="Ports">Their ports.</param>
/// <param name="Lan">HTTPS for the network; null for plain HTTP on loopback.</param>
internal sealed record PublicAddresses(PortMap Ports, LanExposure? Lan)
{
    public string Api => Url(Ports.Api);

    public string Gateway => Url(Ports.Gateway);

    public string Identity => Url(Ports.Identity);

    public string Listen(int port) => Lan?.Listen(port) ?? PortMap.Url(port);

    /// <summary>What a public service needs beside its address.</summary>
    public IEnumerable<KeyValuePair<string, string>> Certificate => Lan is null
        ? []
        :
        [
            KeyValuePair.Create("Kestrel__Certificates__Default__Path", Lan.CertificateFile),
            KeyValuePair.Create("Kestrel__Certificates__Default__KeyPath", Lan.KeyFile),
        ];

    private string Url(int port) => Lan?.Url(port) ?? PortMap.Url(port);
}

using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Repaint.LocalIdentity.Trust;

/// <summary>
/// A configuration profile with one root certificate (Apple, "Configuration Profile Reference", com.apple.security.root): iOS
/// installs no bare certificate as conveniently. Its ids come from the certificate, so that a second installation replaces the first.
/// </summary>
internal static class AppleProfile
{
    public static byte[] Write(byte[] der, string name)
    {
        var hash = SHA256.HashData(der);
        var certificate = Dictionary(
            ("PayloadType", "com.apple.security.root"), ("PayloadIdentifier", "repaint.trust.authority"),
            ("PayloadUUID", new Guid(hash.AsSpan(0, 16)).ToString()), ("PayloadDisplayName", name));
        certificate.Add(Integer("PayloadVersion", 1));
        certificate.Add(new XElement("key", "PayloadContent"), new XElement("data", Convert.ToBase64String(der)));

        var profile = Dictionary(
            ("PayloadType", "Configuration"), ("PayloadIdentifier", "repaint.trust"),
            ("PayloadUUID", new Guid(hash.AsSpan(16, 16)).ToString()), ("PayloadDisplayName", "Re:paint"),
            ("PayloadDescription", "Trusts this Re:paint laptop, and nothing else."));
        profile.Add(Integer("PayloadVersion", 1));
        profile.Add(new XElement("key", "PayloadContent"), new XElement("array", certificate));

        var document = new XDocument(
            new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
            new XElement("plist", new XAttribute("version", "1.0"), profile));
        return Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document);
    }

    private static XElement Dictionary(params (string Key, string Value)[] entries) =>
        new("dict", entries.SelectMany(entry => new[] { new XElement("key", entry.Key), new XElement("string", entry.Value) }));

    private static XElement[] Integer(string key, int value) => [new XElement("key", key), new XElement("integer", value)];
}

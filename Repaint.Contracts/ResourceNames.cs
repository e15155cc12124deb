namespace Repaint.Contracts;

/// <summary>
/// Names of the resources of the topology. <c>Repaint.AppHost</c> and <c>Repaint.Local</c> hand services their
/// addresses under these names (<c>ConnectionStrings__name</c>, <c>services__name__scheme__0</c>); services read them back.
/// </summary>
public static class ResourceNames
{
    /// <summary>Public API; serves the two web apps.</summary>
    public const string Api = "api";

    /// <summary>Image gateway. Endpoint <see cref="InternalEndpoint"/> is its internal listener.</summary>
    public const string ImageGateway = "image-gateway";

    /// <summary>Worker that takes a photograph apart into palettes.</summary>
    public const string ClusteringWorker = "clustering-worker";

    /// <summary>Worker that paints a set of palettes into a photograph.</summary>
    public const string GenerationWorker = "generation-worker";

    /// <summary>Applies both databases' migrations, then exits.</summary>
    public const string Migrations = "migrations";

    /// <summary>OpenID Connect authority of a single machine.</summary>
    public const string Identity = "identity";

    /// <summary>Service Bus namespace, or its stand-in on one machine.</summary>
    public const string Messaging = "messaging";

    /// <summary>Blob storage account.</summary>
    public const string Blobs = "blobs";

    /// <summary>The one private container in <see cref="Blobs"/>.</summary>
    public const string ImagesContainer = "images";

    /// <summary>Database of the API.</summary>
    public const string RepaintDatabase = "repaint";

    /// <summary>Database of the image gateway.</summary>
    public const string GatewayDatabase = "gateway";

    /// <summary>Name of the gateway's endpoint that only the API may reach.</summary>
    public const string InternalEndpoint = "internal";
}

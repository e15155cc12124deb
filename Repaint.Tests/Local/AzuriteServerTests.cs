using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

public sealed class AzuriteServerTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Keeps_a_blob()
    {
        var container = await azurite.CreateContainerAsync();
        var cancellation = TestContext.Current.CancellationToken;

        await container.UploadBlobAsync("a/b", BinaryData.FromString("paint"), cancellation);

        var content = await container.GetBlobClient("a/b").DownloadContentAsync(cancellation);
        Assert.Equal("paint", content.Value.Content.ToString());
    }
}

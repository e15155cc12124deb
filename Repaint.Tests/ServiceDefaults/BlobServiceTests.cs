using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Tests.ServiceDefaults;

public sealed class BlobServiceTests
{
    [Theory]
    [InlineData("https://repaint.blob.core.windows.net/", "https://repaint.blob.core.windows.net/", false)]
    [InlineData(
        "DefaultEndpointsProtocol=http;AccountName=repaint;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:5089/repaint;",
        "http://127.0.0.1:5089/repaint", true)]
    public void Both_forms_that_Aspire_hands_out_are_understood_and_only_one_has_a_key(string connection, string address, bool hasKey)
    {
        var service = BlobExtensions.CreateService(connection);

        Assert.Equal(("repaint", new Uri(address)), (service.AccountName, service.Uri));
        Assert.Equal(hasKey, service.CanGenerateAccountSasUri);
    }
}

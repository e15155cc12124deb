namespace Repaint.ImageGateway.Uploads;

/// <summary>The bytes are not ones we store; nothing of them is kept.</summary>
internal sealed class UploadRefusedException(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Repaint.Contracts;

/// <summary>How every body is written: camelCase, nulls written, unknown members ignored, missing ones refused.</summary>
public static class ContractsJson
{
    /// <summary>Read-only options for messages and HTTP bodies.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Repaint.Api.Authentication;
using Repaint.Api.Images;
using Repaint.Api.Members;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Scalar.AspNetCore;

namespace Repaint.Api.OpenApi;

/// <summary>The OpenAPI document is the API's reference: security, errors and their codes come from endpoint metadata.</summary>
internal static class OpenApiExtensions
{
    public const string DocumentName = "v1";

    private const string ProblemSchemaName = "Problem";

    private static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream"];

    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi(DocumentName, options =>
    {
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer(DescribeOperation);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(PaletteSet) || context.JsonTypeInfo.Type == typeof(PaletteSet?))
            {
                schema.Type = JsonSchemaType.String;
                schema.Pattern = "^[0-9a-f]{4}$";
                schema.Description = "Set of palettes: a 16-bit mask as four hexadecimal digits, bit k = palette k.";
            }
            else if (context.JsonTypeInfo.Type == typeof(ImageStateFilter))
            {
                schema.Type = JsonSchemaType.String;
                schema.Properties = null;
                schema.Required = null;
                schema.Enum = [.. Enum.GetValues<ImageState>().Select(state => (JsonNode)StoredImageState.Write(state))];
            }
            else if (AllowedValues(context) is { Count: > 0 } allowed)
            {
                schema.Enum = allowed;
            }
            else if (Examples.Of(context.JsonTypeInfo.Type, context.JsonTypeInfo.Options) is { } example)
            {
                schema.Examples = [example];
            }

            return Task.CompletedTask;
        });
    });

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        if (app.Environment.IsDevelopment() || app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.ServeReference)
        {
            // Without its own fonts, which it would fetch from elsewhere: a venue has no internet.
            app.MapScalarApiReference("/docs", options => options.DisableDefaultFonts()).AllowAnonymous();
        }
    }

    /// <summary>The framework leaves out <see cref="AllowedValuesAttribute"/>.</summary>
    private static List<JsonNode> AllowedValues(OpenApiSchemaTransformerContext context)
    {
        var declared = context.JsonPropertyInfo?.AttributeProvider
            ?? (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo;
        var allowed = declared?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true).OfType<AllowedValuesAttribute>() ?? [];
        return [.. allowed.SelectMany(attribute => attribute.Values).OfType<string>().Select(value => (JsonNode)value)];
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Re:paint API",
            Version = DocumentName,
            Description = "Visitors collect palettes and see their photograph regain its colours; staff photograph them. "
                + "Errors are RFC 9457 problems; choose words by `code`.",
        };
        // The address depends on who asks; the committed copy must not.
        document.Servers = [];
        document.AddComponent(ProblemSchemaName, ProblemSchema());
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Callers.Visitor] = Bearer(null, "The opaque token a visitor gets when joining."),
            [Callers.Staff] = Bearer("JWT", "An access token of the authority that /api/client-config names."),
        };
        return Task.CompletedTask;
    }

    private static OpenApiSecurityScheme Bearer(string? format, string description) => new()
    {
        Type = SecuritySchemeType.Http,
        Scheme = "bearer",
        BearerFormat = format,
        Description = description,
    };

    private static Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var errors = metadata.OfType<ErrorMetadata>().ToList();
        if (metadata.OfType<IAuthorizeData>().FirstOrDefault()?.Policy is { } caller)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(caller, context.Document)] = [] }];
            errors.Add(new ErrorMetadata(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated));
        }

        foreach (var membership in metadata.OfType<RequiresMembership>())
        {
            errors.Add(membership.Role is null
                ? new ErrorMetadata(StatusCodes.Status404NotFound, ErrorCodes.NotFound)
                : new ErrorMetadata(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden));
        }

        if (metadata.OfType<RawImageBody>().Any())
        {
            operation.RequestBody = RawImage();
        }

        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
        {
            errors.Add(new ErrorMetadata(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest));
        }

        if (metadata.OfType<AnswersNotModified>().Any())
        {
            AddConditional(operation);
        }

        AddErrors(operation, errors, new OpenApiSchemaReference(ProblemSchemaName, context.Document));
        return Task.CompletedTask;
    }

    private static void AddConditional(OpenApiOperation operation)
    {
        operation.Responses ??= [];
        operation.Responses["304"] = new OpenApiResponse { Description = "Nothing newer." };
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "If-None-Match",
            In = ParameterLocation.Header,
            Description = "The ETag of the answer before.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    private static void AddErrors(OpenApiOperation operation, IEnumerable<ErrorMetadata> errors, OpenApiSchemaReference problem)
    {
        operation.Responses ??= [];
        foreach (var status in errors.Distinct().GroupBy(error => error.Status).OrderBy(group => group.Key))
        {
            operation.Responses[status.Key.ToString()] = new OpenApiResponse
            {
                Description = string.Join(", ", status.Select(error => $"`{error.Code}`")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new()
                    {
                        Schema = problem,
                        Examples = status.Select(error => error.Code).Distinct()
                            .ToDictionary(code => code, IOpenApiExample (code) => ProblemExample(status.Key, code)),
                    },
                },
            };
        }
    }

    private static OpenApiExample ProblemExample(int status, string code) => new()
    {
        Value = new JsonObject
        {
            ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["code"] = code,
            ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        },
    };

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private static OpenApiRequestBody RawImage() => new()
    {
        Required = true,
        Description = "The picture's bytes: JPEG, PNG, WebP or HEIC.",
        Content = ImageTypes.ToDictionary(
            type => type,
            _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } }),
    };
}

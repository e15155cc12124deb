using System.Text.Json;
using System.Text.Json.Serialization;

namespace Repaint.Contracts;

/// <summary>Writes an enumeration as a camelCase string; refuses numbers.</summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
public sealed class CamelCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where TEnum : struct, Enum;

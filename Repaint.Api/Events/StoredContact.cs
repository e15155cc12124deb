using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Events;

/// <summary>A contact as the JSON that clients get.</summary>
internal sealed class StoredContact() : ValueConverter<EventContact, string>(
    contact => JsonSerializer.Serialize(contact, ContractsJson.Options),
    json => JsonSerializer.Deserialize<EventContact>(json, ContractsJson.Options)!);

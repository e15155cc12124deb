using Microsoft.Extensions.Localization;
using MudBlazor;

namespace Repaint.Console.Localisation;

/// <summary>The few words of MudBlazor's own that are seen here or read out; the rest stays in its English.</summary>
internal sealed class MudWords(Words words) : MudLocalizer
{
    public override LocalizedString this[string key] =>
        words.Find($"Mud.{key}") is { } text ? new LocalizedString(key, text) : new LocalizedString(key, key, resourceNotFound: true);
}

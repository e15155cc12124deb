using Microsoft.AspNetCore.Components;

namespace Repaint.Console.Layout;

/// <summary>Drawn again when the language changes.</summary>
public abstract class ConsoleComponent : ComponentBase
{
    [CascadingParameter(Name = "Language")]
    public string Language { get; set; } = "en";
}

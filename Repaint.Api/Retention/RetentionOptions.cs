using System.ComponentModel.DataAnnotations;

namespace Repaint.Api.Retention;

/// <summary>Section <c>Retention</c>: how promptly events erase themselves.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Seconds between looks for events that are past their date.</summary>
    [Range(1, 3600)]
    public int IntervalSeconds { get; set; } = 60;
}

using System.Text.Json.Serialization;
using Repaint.Contracts;

namespace Repaint.Local.Supervision;

/// <summary>Where a resource is in its life.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ResourceState>))]
internal enum ResourceState
{
    /// <summary>Others must be healthy first.</summary>
    Waiting,

    /// <summary>Started, not healthy yet.</summary>
    Starting,

    /// <summary>It serves.</summary>
    Healthy,

    /// <summary>It did its work and exited.</summary>
    Done,

    /// <summary>It died and is about to be started again.</summary>
    Restarting,

    /// <summary>Stopped, or it could not be started.</summary>
    Stopped,
}

/// <summary>What is known of a resource.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="ProcessId">Its process; null when there is none.</param>
/// <param name="Restarts">How often it died and was started again.</param>
/// <param name="Url">Where to reach it; null when only its neighbours do.</param>
/// <param name="LogFile">What it wrote.</param>
internal sealed record ResourceStatus(string Name, ResourceState State, int? ProcessId, int Restarts, string? Url, string LogFile);

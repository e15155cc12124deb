using System.Text.Json;
using System.Text.Json.Serialization;
using Repaint.Contracts.Http;

namespace Repaint.Console.Api;

/// <summary>Generated, as trimming leaves no reflection to read bodies with.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AcceptInvitationRequest))]
[JsonSerializable(typeof(CreatedInvitation))]
[JsonSerializable(typeof(CurrentSpotCode))]
[JsonSerializable(typeof(InvitationRequest))]
[JsonSerializable(typeof(IReadOnlyList<InvitationDetails>))]
[JsonSerializable(typeof(IReadOnlyList<MemberDetails>))]
[JsonSerializable(typeof(MemberSettings))]
[JsonSerializable(typeof(RetriedImages))]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(ClientConfig))]
[JsonSerializable(typeof(EventDetails))]
[JsonSerializable(typeof(EventSettings))]
[JsonSerializable(typeof(EventStatistics))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(ImagePage))]
[JsonSerializable(typeof(IReadOnlyList<EventDetails>))]
[JsonSerializable(typeof(IReadOnlyList<SpotDetails>))]
[JsonSerializable(typeof(OneTimeUrl))]
[JsonSerializable(typeof(FeedChange))]
[JsonSerializable(typeof(SpotDetails))]
[JsonSerializable(typeof(SpotSettings))]
[JsonSerializable(typeof(ThumbnailPage))]
[JsonSerializable(typeof(ThumbnailsRequest))]
[JsonSerializable(typeof(StaffOneTimeUrlRequest))]
[JsonSerializable(typeof(StaffProfile))]
[JsonSerializable(typeof(VisitorStatus))]
internal sealed partial class ConsoleJson : JsonSerializerContext;

namespace Repaint.Tests.Api;

/// <summary>Who may call a route.</summary>
internal enum Access
{
    Anyone,

    /// <summary>A visitor, about itself.</summary>
    Visitor,

    /// <summary>Anybody whom the authority signed in.</summary>
    SignedIn,

    /// <summary>Who has the role for it; the route is not about an event.</summary>
    EventCreator,

    Member,
    Owner,
}

/// <summary>The rule of every route, by its name in the OpenAPI document. A route that is missing here fails the tests.</summary>
internal static class AccessRules
{
    public static readonly IReadOnlyDictionary<string, Access> ByRoute = new Dictionary<string, Access>
    {
        ["GetClientConfig"] = Access.Anyone,
        ["GetEventSummary"] = Access.Anyone,
        ["JoinEvent"] = Access.Anyone,
        ["RecoverVisitor"] = Access.Anyone,
        ["GetVisitor"] = Access.Visitor,
        ["EraseVisitor"] = Access.Visitor,
        ["ListVisitorImages"] = Access.Visitor,
        ["GetVisitorQr"] = Access.Visitor,
        ["SelectImage"] = Access.Visitor,
        ["MintVisitorOneTimeUrl"] = Access.Visitor,
        ["PollUpdates"] = Access.Visitor,
        ["StreamUpdates"] = Access.Visitor,
        ["PickPalette"] = Access.Visitor,
        ["GetStaffProfile"] = Access.SignedIn,
        ["AcceptInvitation"] = Access.SignedIn,
        ["ListEvents"] = Access.SignedIn,
        ["CreateEvent"] = Access.EventCreator,
        ["GetEvent"] = Access.Member,
        ["UpdateEvent"] = Access.Owner,
        ["DeleteEvent"] = Access.Owner,
        ["GetJoinQr"] = Access.Member,
        ["ListMembers"] = Access.Member,
        ["UpdateMember"] = Access.Owner,
        ["RemoveMember"] = Access.Owner,
        ["LeaveEvent"] = Access.Member,
        ["CreateInvitation"] = Access.Owner,
        ["ListInvitations"] = Access.Owner,
        ["RevokeInvitation"] = Access.Owner,
        ["GetVisitorStatus"] = Access.Member,
        ["FindVisitor"] = Access.Member,
        ["PutVisitorPhoto"] = Access.Member,
        ["UploadEventImage"] = Access.Member,
        ["ListImages"] = Access.Member,
        ["GetImage"] = Access.Member,
        ["DeleteImage"] = Access.Owner,
        ["RetryImage"] = Access.Member,
        ["RetryImages"] = Access.Member,
        ["MintStaffOneTimeUrl"] = Access.Member,
        ["MintThumbnails"] = Access.Member,
        ["StreamFeed"] = Access.Member,
        ["GetStatistics"] = Access.Member,
        ["ListPhotoAccesses"] = Access.Owner,
        ["CreateSpot"] = Access.Owner,
        ["ListSpots"] = Access.Member,
        ["GetSpot"] = Access.Member,
        ["UpdateSpot"] = Access.Owner,
        ["DeleteSpot"] = Access.Owner,
        ["GetSpotQr"] = Access.Member,
        ["GetSpotCode"] = Access.Member,
        ["RotateSpotKey"] = Access.Owner,
    };
}

using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Console.Members;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class MembersPageTests : ConsoleContext
{
    private static readonly MemberDetails Me = new(Guid.CreateVersion7(), "hanako", EventRoles.Owner, "hanako@example.org", default, Me: true);
    private static readonly MemberDetails Other = new(Guid.CreateVersion7(), "taro", EventRoles.Staff, "taro@example.org", default, Me: false);

    [Fact]
    public void Nobody_is_removed_and_nobody_leaves_by_a_slip_of_the_finger()
    {
        var page = Open(EventRoles.Owner);
        var dialogs = Dialogs();

        Button(page, "Remove").Click();
        dialogs.WaitForAssertion(() => Assert.Contains("Remove taro@example.org?", dialogs.Markup, StringComparison.Ordinal));
        Button(dialogs, "Cancel").Click();
        Button(page, "Leave event").Click();
        dialogs.WaitForAssertion(() => Assert.Contains("Leave this event?", dialogs.Markup, StringComparison.Ordinal));
        Button(dialogs, "Cancel").Click();

        Assert.DoesNotContain(Asked, request => request.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Fact]
    public void An_owner_invites_and_staff_only_look()
    {
        Assert.NotEmpty(Open(EventRoles.Owner).FindAll("#invite-email"));

        Services.GetRequiredService<Repaint.Console.Events.CurrentEvent>().Set(null);
        var page = Open(EventRoles.Staff);

        Assert.Empty(page.FindAll("#invite-email"));
        Assert.DoesNotContain("Remove", page.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<MembersPage> Open(string role)
    {
        Answer("", new EventDetails(EventId, "Harbour", 4, 300, role, default));
        Answer<IReadOnlyList<MemberDetails>>("/members", [Me, Other]);
        Answer<IReadOnlyList<InvitationDetails>>("/invitations", []);
        return Render<MembersPage>(parameters => parameters.Add(members => members.EventId, EventId));
    }
}

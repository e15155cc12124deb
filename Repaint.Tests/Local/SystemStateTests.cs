using Repaint.Local;
using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

/// <summary>The file by which verbs find a running system, and what a crash or a power cut may have made of it.</summary>
public sealed class SystemStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new("state");
    private readonly DataFolder _data;

    public SystemStateTests()
    {
        _data = new DataFolder(_folder.Path);
        _data.Create();
    }

    [Fact]
    public void What_runs_is_found()
    {
        var state = NewState(ProcessIdentity.Current);
        state.Write(_data);

        Assert.Equal(state.ToJson(), SystemState.Read(_data)?.ToJson());
    }

    [Fact]
    public void A_killed_supervisors_file_says_nothing()
    {
        // The id is in use, by a process that started at another time.
        NewState(ProcessIdentity.Current with { StartTicks = 1 }).Write(_data);

        Assert.Null(SystemState.Read(_data));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"supervisor\":{\"processId\":")]
    [InlineData("\0\0\0\0")]
    public void A_damaged_file_means_that_nothing_runs(string content)
    {
        File.WriteAllText(_data.StateFile, content);

        Assert.Null(SystemState.Read(_data));
    }

    [Fact]
    public void A_damaged_file_of_a_running_system_is_told_with_what_to_do()
    {
        File.WriteAllText(_data.StateFile, "");
        using var running = _data.Lock();

        var failure = Assert.Throws<LocalException>(() => SystemState.Read(_data));

        Assert.Contains(_data.LockFile, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_damaged_file_is_discarded()
    {
        NewState(ProcessIdentity.Current with { StartTicks = 1 }).Write(_data);
        SystemState.DiscardDamaged(_data);
        Assert.True(File.Exists(_data.StateFile));

        File.WriteAllText(_data.StateFile, "");
        SystemState.DiscardDamaged(_data);
        Assert.False(File.Exists(_data.StateFile));
    }

    [Fact]
    public void Without_a_folder_nothing_runs() => Assert.Null(SystemState.Read(new DataFolder(Path.Combine(_folder.Path, "none"))));

    public void Dispose() => _folder.Dispose();

    private SystemState NewState(ProcessIdentity supervisor) => new(
        supervisor, Ready: true, _data.Path, SystemUrls.Of(new PublicAddresses(new PortMap(20_000), Lan: null)),
        _data.StaffAccountFile, []);
}

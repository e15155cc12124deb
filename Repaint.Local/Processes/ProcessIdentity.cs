namespace Repaint.Local.Processes;

/// <summary>A process for sure: ids are used again, but not with the same start time.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot.</param>
internal sealed record ProcessIdentity(int ProcessId, long StartTicks)
{
    public static ProcessIdentity Current { get; } = new(Environment.ProcessId, ReadStartTicks(Environment.ProcessId) ?? 0);

    public bool IsRunning => ReadStartTicks(ProcessId) == StartTicks;

    // proc(5): field 22 of stat. Field 2, the name, is in brackets and may hold anything. Z is a zombie: ended, not reaped.
    private static long? ReadStartTicks(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[22 - 3]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

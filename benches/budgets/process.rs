//! What the kernel says of a process. Linux only; elsewhere nothing is known.

use anyhow::Context as _;

/// Clock ticks in a second: fixed for all that user space sees on Linux.
const TICKS_PER_SECOND: u64 = 100;

/// Resident memory in kB.
pub fn resident_kb(pid: &str) -> anyhow::Result<u64> {
    memory_kb(pid, "VmRSS:")
}

/// Resident memory in kB that belongs to no file: heaps and stacks, without the program itself.
pub fn own_kb(pid: &str) -> anyhow::Result<u64> {
    memory_kb(pid, "RssAnon:")
}

fn memory_kb(pid: &str, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("no {name}"))?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// Processor time used so far, in ms.
pub fn processor_ms(pid: &str) -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may contain anything, so fields are counted from its end.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> anyhow::Result<u64> { Ok(fields.get(at).context("too short")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) * 1000 / TICKS_PER_SECOND)
}

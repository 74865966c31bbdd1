//! What a process costs the machine: seconds of its processors, and memory.

use anyhow::Context;

/// Linux counts in hundredths of a second for programs, whatever the machine counts in (`sysconf(_SC_CLK_TCK)`).
const TICKS_A_SECOND: f64 = 100.0;
/// The fields behind the name that stand before `utime` (proc_pid_stat(5)).
const BEFORE_USER_TIME: usize = 11;

/// The processor time of a process so far (its number, or `self`), in seconds: its own and for it in the kernel, all threads together,
/// without its children.
pub fn cpu_seconds(process: &str) -> anyhow::Result<f64> {
    times(&std::fs::read_to_string(format!("/proc/{process}/stat")).context("reading a process's figures")?)
}

fn times(stat: &str) -> anyhow::Result<f64> {
    // The name may hold anything, a parenthesis as well.
    let (_, fields) = stat.rsplit_once(')').context("no name")?;
    let figures = fields.split_whitespace().skip(BEFORE_USER_TIME).map(str::parse::<f64>);
    let user_and_system = figures.take(2).collect::<Result<Vec<f64>, _>>()?;
    anyhow::ensure!(user_and_system.len() == 2, "figures are missing");
    Ok(user_and_system.iter().sum::<f64>() / TICKS_A_SECOND)
}

/// The peak of this process's resident memory, in MiB.
pub fn peak_mib() -> anyhow::Result<u64> {
    memory_mib("VmHWM:")
}

/// This process's resident memory now, in MiB.
pub fn resident_mib() -> anyhow::Result<u64> {
    memory_mib("VmRSS:")
}

/// A figure of proc_pid_status(5).
fn memory_mib(name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("reading this process's status")?;
    let line = status.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name}"))?;
    let kib: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kib / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_stand_behind_a_name_of_any_kind() {
        let stat = "42 (a (b) 1 2) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 5 0 0";
        assert_eq!(times(stat).unwrap(), 3.0);
        assert!(times("42 (x) S 1").is_err() && cpu_seconds("self").is_ok());
    }
}

//! The machine: what it is, and what a process took of it, from `/proc`.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Set in the process that has the network to itself.
const ALONE: &str = "DUKOU_BENCH_ALONE";

/// Runs this benchmark again in a network namespace of its own, so that only its bytes are counted
/// on `lo`. Returns where that needs rights that this process lacks, or if it has been done.
pub fn be_alone_on_the_network() {
    let possible = || {
        let mut probe = Command::new("unshare");
        probe.args(["-n", "ip", "link", "set", "lo", "up"]);
        probe.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    if std::env::var_os(ALONE).is_some() || !possible() {
        return;
    }
    let script = "ip link set lo up && exec \"$0\" \"$@\"";
    let mut again = Command::new("unshare");
    again.args(["-n", "sh", "-c", script]).arg(std::env::current_exe().unwrap());
    let again = again.args(std::env::args_os().skip(1)).env(ALONE, "1");
    // Nothing runs beside this process yet, so it can simply become the other one.
    panic!("unshare does not start: {}", again.exec());
}

/// Processor, cores, load by others, and whose bytes the counters see.
pub fn description() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    let network = if std::env::var_os(ALONE).is_some() { "own" } else { "shared" };
    format!("machine: {model}, {cores} cores, load before {load}, {network} network namespace")
}

/// Processor time that a process has used, in milliseconds, all its threads included.
pub fn cpu_ms(pid: u32) -> f64 {
    /// Linux counts in hundredths of a second here, whatever the machine.
    const TICK_MS: f64 = 10.0;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th after.
    let after = stat.rsplit_once(") ").unwrap().1;
    let ticks = after.split(' ').skip(11).take(2).map(|field| field.parse::<f64>().unwrap());
    ticks.sum::<f64>() * TICK_MS
}

/// Memory of a process in megabytes: its own and its share of what it shares (PSS), and the most
/// that ever was resident.
pub fn memory_mb(pid: u32) -> (f64, f64) {
    let field = |path: &str, name: &str| {
        let text = fs::read_to_string(format!("/proc/{pid}/{path}")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    };
    (field("smaps_rollup", "Pss:"), field("status", "VmHWM:"))
}

/// Bytes sent on the loopback device since it was made, headers included.
pub fn loopback_bytes() -> u64 {
    let devices = fs::read_to_string("/proc/net/dev").unwrap();
    let lo = devices.lines().find_map(|line| line.trim().strip_prefix("lo:")).unwrap();
    lo.split_whitespace().next().unwrap().parse().unwrap()
}

//! The tables that a run prints.

use crate::ceilings::Ceilings;
use crate::pair::Outcome;

/// What the machine can do.
pub fn ceilings(ceilings: &Ceilings) {
    println!("\nceilings, a second (one core each, alone)");
    let line = |what: &str, rate: f64| println!("  {what:<46}{rate:>18.0}");
    line("Ed25519 sign", ceilings.signs);
    line("Ed25519 verify, strict", ceilings.verifies);
    line("SQLite rows FULL, 1 a transaction", ceilings.commits);
    line("SQLite rows FULL, 64 a transaction", ceilings.rows_64);
    line("SQLite rows FULL, 1024 a transaction", ceilings.rows_1024);
    line("QUIC frames, one long stream", ceilings.frames);
    line("hand-overs if only these parts cost", ceilings.letters());
}

/// What a pair did, and how that compares.
pub fn outcome(outcome: &Outcome, ceilings: &Ceilings) {
    let letters = outcome.letters as f64;
    let rate = letters / outcome.burst_s;
    println!("\ntwo nodes, {} others on each roster", outcome.others);
    let line = |what: &str, figure: String| println!("  {what:<46}{figure:>18}");
    line("letters in the burst", format!("{letters}"));
    line("closed at both ends /s", format!("{rate:.0}"));
    line("share of the ceiling", format!("{:.0} %", 100.0 * rate / ceilings.letters()));
    let (a, b) = outcome.burst_cpu_ms;
    let cpu = format!("{:.3} + {:.3}", a / letters, b / letters);
    line("CPU ms a letter, origin + destination", cpu);
    let busy = (a + b) / 1e3 / outcome.burst_s;
    line("cores busy with the nodes", format!("{busy:.2}"));
    let wire = outcome.burst_bytes as f64 / letters;
    line("bytes on the wire a letter", format!("{wire:.0}"));
    line("accepted, durable at the origin, p50 / p99 ms", quantiles(&outcome.back_ms));
    line("closed at both ends, p50 / p99 ms", quantiles(&outcome.closed_ms));
    let names = ["PSS MB, empty", "PSS MB, with the rosters", "PSS MB, after everything"];
    for (name, (a, b)) in names.into_iter().zip(outcome.pss_mb) {
        line(name, format!("{a:.1} + {b:.1}"));
    }
    let (a, b) = outcome.peak_mb;
    line("RSS MB at most", format!("{a:.1} + {b:.1}"));
    let (seconds, rows) = outcome.import;
    line("rows imported /s", format!("{:.0} of {rows}", rows as f64 / seconds));
}

fn quantiles(samples: &[f64]) -> String {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| sorted.get((sorted.len() as f64 * part) as usize).copied();
    match (at(0.5), at(0.99)) {
        (Some(median), Some(last)) => format!("{median:.2} / {last:.2}"),
        _ => "none".to_owned(),
    }
}

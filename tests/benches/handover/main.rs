//! What a hand-over costs on this machine, next to what the machine can do at all.
//!
//! `cargo bench -p tests --bench handover` measures the ceilings (signatures, rows, frames) and
//! then two nodes, each in a process of its own, that are paired by a real invitation and hand over
//! real letters until they are closed at both ends. Both come from one run, because figures of two
//! runs on a shared machine cannot be compared. `docs/performance.md` says how to read them.
//! Nothing is asserted about times.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod ceilings;
mod frames;
mod machine;
mod pair;
mod plan;
mod report;
mod serving;

use std::path::Path;

use plan::Plan;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, role, region, data_dir] = args.as_slice()
        && role == serving::ROLE
    {
        serving::run(region, Path::new(data_dir));
        return;
    }
    machine::be_alone_on_the_network();
    let plan = Plan::from_environment();
    println!("{}", machine::description());
    let ceilings = ceilings::measure();
    report::ceilings(&ceilings);
    for others in &plan.rosters {
        let outcome = pair::measure(&plan, *others);
        report::outcome(&outcome, &ceilings);
    }
}

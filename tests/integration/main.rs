//! Black-box tests: the real binary, driven through the contract, in real processes.
#![allow(clippy::unwrap_used)]

mod attacks;
mod batch;
mod batch_again;
mod batch_sheet;
mod canary;
mod command_line;
mod crash;
mod demo;
mod departures;
mod expiry;
mod findings;
mod findings_stays;
mod guide;
mod import;
mod letters;
mod matching;
mod member_file;
mod offline;
mod onward;
mod org_import;
mod pairing;
mod paper;
mod people;
mod race;
mod reconcile;
mod replace;
mod report;
mod residence;
mod same_person;
mod stays;
mod succession;

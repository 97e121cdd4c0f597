//! A growing delay after failed attempts to sign in, by account and address; nobody is locked out.
//!
//! It is kept in memory alone: who can restart the node needs no password.

use std::collections::HashMap;

use protocol::time::Timestamp;

/// Failures of an account from one address without a delay.
const FREE_OF_PAIR: u32 = 4;
/// Failures from one address, whatever the accounts, without a delay.
const FREE_OF_ADDRESS: u32 = 20;
/// The longest delay, in milliseconds.
const DELAY_MS_MAX: u64 = 60_000;
/// How long a failure counts, in milliseconds.
const REMEMBERED_MS: u64 = 15 * 60 * 1000;
/// Most accounts and addresses that are remembered; beyond it the oldest are forgotten.
const REMEMBERED_MAX: usize = 4_096;

/// The failures of late.
#[derive(Default)]
pub(super) struct Throttle {
    failures: HashMap<Key, (u32, Timestamp)>,
}

/// What failures are counted by.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, String),
    Address(String),
}

impl Throttle {
    /// How many whole seconds until the next attempt, if not at once.
    pub(super) fn wait_s(&self, account: &str, address: &str, now: Timestamp) -> Option<u64> {
        let waits = keys(account, address).into_iter().filter_map(|(key, free)| {
            let (count, last) = self.failures.get(&key)?;
            let beyond = count.checked_sub(free)?;
            let delay = (1_000_u64 << beyond.min(6)).min(DELAY_MS_MAX);
            let until = last.after_millis(delay);
            let left = until.millis().saturating_sub(now.millis());
            (left > 0).then(|| left.div_ceil(1_000))
        });
        waits.max()
    }

    /// Counts a failure.
    pub(super) fn failed(&mut self, account: &str, address: &str, now: Timestamp) {
        if self.failures.len() >= REMEMBERED_MAX {
            self.forget(now);
        }
        for (key, _) in keys(account, address) {
            let counted = self.failures.entry(key).or_insert((0, now));
            let fresh = now.millis().saturating_sub(counted.1.millis()) < REMEMBERED_MS;
            *counted = (if fresh { counted.0.saturating_add(1) } else { 1 }, now);
        }
    }

    /// Forgets the failures of an account from an address: it was its owner after all.
    pub(super) fn succeeded(&mut self, account: &str, address: &str) {
        self.failures.remove(&Key::Pair(account.to_owned(), address.to_owned()));
    }

    fn forget(&mut self, now: Timestamp) {
        let recent = |last: &Timestamp| now.millis().saturating_sub(last.millis()) < REMEMBERED_MS;
        self.failures.retain(|_, (_, last)| recent(last));
        if self.failures.len() >= REMEMBERED_MAX {
            let mut times: Vec<_> = self.failures.values().map(|(_, last)| *last).collect();
            times.sort_unstable();
            let middle = times[times.len() / 2];
            self.failures.retain(|_, (_, last)| *last > middle);
        }
    }
}

fn keys(account: &str, address: &str) -> [(Key, u32); 2] {
    // A name that nobody has may be anything; its beginning is enough.
    let account: String = account.chars().take(64).collect();
    [
        (Key::Pair(account, address.to_owned()), FREE_OF_PAIR),
        (Key::Address(address.to_owned()), FREE_OF_ADDRESS),
    ]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_and_ends_and_others_do_not_feel_it() {
        let mut throttle = Throttle::default();
        let mut now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let mut waits = Vec::new();
        for _ in 0..12 {
            throttle.failed("wang", "10.0.0.1", now);
            let wait = throttle.wait_s("wang", "10.0.0.1", now);
            waits.push(wait.unwrap_or(0));
            assert_eq!(throttle.wait_s("wang", "10.0.0.2", now), None);
            assert_eq!(throttle.wait_s("zhao", "10.0.0.1", now), None);
            now = now.after_millis(wait.unwrap_or(0) * 1_000);
            assert_eq!(throttle.wait_s("wang", "10.0.0.1", now), None, "nobody is locked out");
        }
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        throttle.succeeded("wang", "10.0.0.1");
        throttle.failed("wang", "10.0.0.1", now);
        assert_eq!(throttle.wait_s("wang", "10.0.0.1", now), None);
    }

    #[test]
    fn an_address_that_tries_many_names_is_slowed_for_all_of_them() {
        let mut throttle = Throttle::default();
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        (0..30).for_each(|i| throttle.failed(&format!("user{i}"), "10.0.0.1", now));
        assert_eq!(throttle.wait_s("somebody", "10.0.0.1", now), Some(60));
        assert_eq!(throttle.wait_s("somebody", "10.0.0.2", now), None);
    }

    #[test]
    fn what_it_remembers_is_bounded() {
        let mut throttle = Throttle::default();
        let mut now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        for i in 0..3 * REMEMBERED_MAX {
            now = now.after_millis(1);
            throttle.failed(&format!("user{i}"), &format!("10.0.{}.{}", i / 256, i % 256), now);
        }
        assert!(throttle.failures.len() <= REMEMBERED_MAX + 1);
    }
}

//! The only "now" of the node.
//!
//! A real node reads the system's clock; a rehearsal starts at a given time and runs on with the
//! monotonic clock; a simulation's clock stands still until it is set. Whoever waits for a deadline
//! waits here, so that a rehearsal clock that is moved wakes every timer. Calendar arithmetic is
//! not here but in `protocol::time`.

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use protocol::refusal::{Code, Refusal};
use protocol::time::Timestamp;
use tokio::sync::watch;

/// The environment variable that sets the clock of a rehearsal directory.
pub const NOW_VARIABLE: &str = "DUKOU_NOW";

/// 2026-11-22T00:00:00Z: no machine that runs this source can honestly show an earlier time.
const SOURCE_DATE_MS: u64 = 1_795_305_600_000;

/// Longest sleep before the system's clock is read again, because an administrator or NTP may have
/// stepped it meanwhile.
const SLEEP_MS_MAX: u64 = 30_000;

/// A clock that can be cloned and shared; all clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    source: Source,
    moved: watch::Sender<()>,
}

#[derive(Debug)]
enum Source {
    System,
    Running(Mutex<(Timestamp, Instant)>),
    Still(Mutex<Timestamp>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Clock {
        Clock::of(Source::System)
    }

    /// A clock that shows `start` now and runs on from there.
    pub fn rehearsal(start: Timestamp) -> Clock {
        Clock::of(Source::Running(Mutex::new((start, Instant::now()))))
    }

    /// A clock that shows `time` until it is set.
    pub fn manual(time: Timestamp) -> Clock {
        Clock::of(Source::Still(Mutex::new(time)))
    }

    /// The clock of a data directory: a rehearsal reads [`NOW_VARIABLE`], a real one never does.
    ///
    /// # Errors
    /// `date.invalid` if the variable is no RFC 3339 time between 2000 and 2200.
    pub fn from_environment(rehearsal: bool) -> Result<Clock, Refusal> {
        Clock::from_setting(rehearsal, std::env::var(NOW_VARIABLE).ok().as_deref())
    }

    fn from_setting(rehearsal: bool, now: Option<&str>) -> Result<Clock, Refusal> {
        match now {
            _ if !rehearsal => Ok(Clock::system()),
            None => Ok(Clock::rehearsal(system_time())),
            Some(text) => text.parse().map(Clock::rehearsal).map_err(|_| {
                Refusal::about(Code::DateInvalid, format_args!("{NOW_VARIABLE}={text}"))
            }),
        }
    }

    fn of(source: Source) -> Clock {
        Clock(Arc::new(Shared { source, moved: watch::Sender::new(()) }))
    }

    /// The time now. A system time outside 2000 to 2200 is shown as the nearer end of the range.
    pub fn now(&self) -> Timestamp {
        match &self.0.source {
            Source::System => system_time(),
            Source::Running(base) => {
                let (start, since) = *base.lock().unwrap_or_else(PoisonError::into_inner);
                start.after_millis(whole_millis(since.elapsed()))
            }
            Source::Still(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves the clock, forward or back, and wakes everybody who waits on it.
    ///
    /// # Errors
    /// `node.not_rehearsal` for the system's clock.
    pub fn set(&self, time: Timestamp) -> Result<(), Refusal> {
        match &self.0.source {
            Source::System => {
                return Err(Refusal::about(Code::NotRehearsal, "setting the clock"));
            }
            Source::Running(base) => {
                *base.lock().unwrap_or_else(PoisonError::into_inner) = (time, Instant::now());
            }
            Source::Still(still) => {
                *still.lock().unwrap_or_else(PoisonError::into_inner) = time;
            }
        }
        self.0.moved.send_replace(());
        Ok(())
    }

    /// A subscription to the moves of this clock from now on.
    pub fn moves(&self) -> ClockMoves {
        ClockMoves { receiver: self.0.moved.subscribe(), clock: self.clone() }
    }

    /// Waits until the clock shows `deadline` or later, however it gets there. A manual clock gets
    /// there only by being set.
    pub async fn wait_until(&self, deadline: Timestamp) {
        let mut moves = self.moves();
        loop {
            let left_ms = deadline.millis_since(self.now());
            if left_ms == 0 {
                return;
            }
            tokio::select! {
                () = self.sleep(left_ms.min(SLEEP_MS_MAX)) => {}
                () = moves.changed() => {}
            }
        }
    }

    async fn sleep(&self, wait_ms: u64) {
        match &self.0.source {
            Source::Still(_) => pending().await,
            _ => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
        }
    }

    /// Refuses a machine clock that is older than this source: letters signed with it would expire
    /// before they were written. Rehearsal and manual clocks may show any time.
    ///
    /// # Errors
    /// `node.clock`.
    pub fn check_after_build(&self) -> Result<(), Refusal> {
        match &self.0.source {
            Source::System => refuse_before_source(self.now()),
            _ => Ok(()),
        }
    }
}

/// A subscription to the moves of a [`Clock`].
#[derive(Debug)]
pub struct ClockMoves {
    receiver: watch::Receiver<()>,
    // Keeps the sender alive, so that a closed channel cannot be taken for a move.
    clock: Clock,
}

impl ClockMoves {
    /// Waits for the next move that this subscription has not seen. Safe to cancel.
    pub async fn changed(&mut self) {
        self.receiver.changed().await.expect("the clock held here owns the sender");
    }

    /// The clock that moves.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

fn refuse_before_source(now: Timestamp) -> Result<(), Refusal> {
    if now.millis() < SOURCE_DATE_MS {
        return Err(Refusal::about(Code::ClockWrong, now));
    }
    Ok(())
}

fn system_time() -> Timestamp {
    let millis = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => whole_millis(since),
        Err(_) => 0,
    };
    Timestamp::from_millis(millis.clamp(Timestamp::MIN.millis(), Timestamp::MAX.millis()))
        .expect("clamped into the range")
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_rehearsal_runs_on_from_where_it_is_set() {
        let clock = Clock::rehearsal(at("2030-01-01T00:00:00Z"));
        let clone = clock.clone();
        assert!(clone.now() >= at("2030-01-01T00:00:00Z"));
        clock.set(at("2029-06-01T00:00:00Z")).unwrap();
        let first = clone.now();
        assert!(first < at("2029-06-02T00:00:00Z"), "{first}");
        while clone.now() == first {}
        assert!(clone.now() > first);
    }

    #[tokio::test]
    async fn a_moved_clock_wakes_whoever_waits_for_a_deadline() {
        for clock in [
            Clock::manual(at("2030-01-01T00:00:00Z")),
            Clock::rehearsal(at("2030-01-01T00:00:00Z")),
        ] {
            let mut moves = clock.moves();
            let waiting = tokio::spawn({
                let clock = clock.clone();
                async move { clock.wait_until(at("2030-02-01T00:00:00Z")).await }
            });
            clock.set(at("2030-01-15T00:00:00Z")).unwrap();
            moves.changed().await;
            assert!(!waiting.is_finished());
            clock.set(at("2030-02-01T00:00:00Z")).unwrap();
            waiting.await.unwrap();
        }
    }

    #[test]
    fn the_system_clock_is_not_set() {
        let refusal = Clock::system().set(at("2030-01-01T00:00:00Z")).unwrap_err();
        assert_eq!(refusal.code, Code::NotRehearsal);
    }

    #[test]
    fn only_a_rehearsal_directory_reads_the_variable() {
        let real = Clock::from_setting(false, Some("2150-01-01T00:00:00Z")).unwrap();
        assert!(real.now() < at("2150-01-01T00:00:00Z"));
        let rehearsal = Clock::from_setting(true, Some("2150-01-01T00:00:00Z")).unwrap();
        assert!(rehearsal.now() >= at("2150-01-01T00:00:00Z"));
        let refusal = Clock::from_setting(true, Some("tomorrow")).unwrap_err();
        assert_eq!(refusal.code, Code::DateInvalid);
        assert_eq!(refusal.subject, "DUKOU_NOW=tomorrow");
    }

    #[test]
    fn a_machine_clock_before_the_source_is_refused() {
        let refusal = refuse_before_source(at("2026-11-21T23:59:59Z")).unwrap_err();
        assert_eq!(refusal.code, Code::ClockWrong);
        assert_eq!(refuse_before_source(at("2026-11-22T00:00:00Z")), Ok(()));
        assert_eq!(Clock::manual(Timestamp::MIN).check_after_build(), Ok(()));
    }
}

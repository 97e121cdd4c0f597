//! Named places where a rehearsal node can be made to die as in a power cut.
//!
//! A hand-over has seven durable commits; there is a point before and after each, so that a test
//! can kill either node between any two of them. Nothing is caught, flushed or closed on the way
//! down. A real directory refuses to start with one armed.

use std::sync::atomic::{AtomicU64, Ordering};

use protocol::refusal::{Code, Refusal};

/// The environment variable that arms one point: `NAME`, or `NAME:COUNT` for the COUNTth time that
/// the point is reached.
pub const FAIL_VARIABLE: &str = "DUKOU_FAIL_AT";

/// Every point, in the order of a hand-over from A to B: A commits the Offer, B stores it, B
/// commits the Accept, A the Accept with the Release, B the Release with the Receipt, A the Receipt
/// with the Ack, and B stores that. Then those of a comparison: either side signs its result, and
/// stores the other's. Then that of a matching: either side keeps its result.
pub const NAMES: [&str; 22] = [
    "offer-signed.before",
    "offer-signed.after",
    "offer-stored.before",
    "offer-stored.after",
    "offer-scanned.before",
    "offer-scanned.after",
    "accept-signed.before",
    "accept-signed.after",
    "release-signed.before",
    "release-signed.after",
    "receipt-signed.before",
    "receipt-signed.after",
    "ack-signed.before",
    "ack-signed.after",
    "ack-stored.before",
    "ack-stored.after",
    "reconcile-signed.before",
    "reconcile-signed.after",
    "reconcile-stored.before",
    "reconcile-stored.after",
    "matching-kept.before",
    "matching-kept.after",
];

/// At most one armed point.
#[derive(Debug, Default)]
pub struct Failpoints {
    armed: Option<Armed>,
}

#[derive(Debug)]
struct Armed {
    name: &'static str,
    times_left: AtomicU64,
}

impl Failpoints {
    /// With no point armed.
    pub fn none() -> Failpoints {
        Failpoints::default()
    }

    /// Reads [`FAIL_VARIABLE`], once, at the start of the process.
    ///
    /// # Errors
    /// `usage` for a name that is not in [`NAMES`] or a count that is no positive number;
    /// `node.not_rehearsal` if the variable is set for a real directory.
    pub fn from_environment(rehearsal: bool) -> Result<Failpoints, Refusal> {
        match std::env::var(FAIL_VARIABLE) {
            Ok(setting) => Failpoints::from_setting(&setting, rehearsal),
            Err(_) => Ok(Failpoints::none()),
        }
    }

    fn from_setting(setting: &str, rehearsal: bool) -> Result<Failpoints, Refusal> {
        let about = |code| Refusal::about(code, format_args!("{FAIL_VARIABLE}={setting}"));
        if !rehearsal {
            return Err(about(Code::NotRehearsal));
        }
        let (wanted, count) = setting.split_once(':').unwrap_or((setting, "1"));
        let name = NAMES.into_iter().find(|name| *name == wanted);
        let count = count.parse().ok().filter(|count: &u64| *count > 0);
        match (name, count) {
            (Some(name), Some(count)) => {
                Ok(Failpoints { armed: Some(Armed { name, times_left: AtomicU64::new(count) }) })
            }
            _ => Err(about(Code::Usage)),
        }
    }

    /// Ends the process if the point `name` is armed and this is its time.
    pub fn reached(&self, name: &str) {
        debug_assert!(NAMES.contains(&name), "{name} is not in the list of fail points");
        if self.is_due(name) {
            std::process::abort();
        }
    }

    fn is_due(&self, name: &str) -> bool {
        match &self.armed {
            Some(armed) if armed.name == name => {
                armed.times_left.fetch_sub(1, Ordering::Relaxed) == 1
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn an_armed_point_is_due_at_its_count_only() {
        let points = Failpoints::from_setting("offer-stored.after:3", true).unwrap();
        let due: Vec<bool> = (0..5).map(|_| points.is_due("offer-stored.after")).collect();
        assert_eq!(due, [false, false, true, false, false]);
        assert!(!points.is_due("offer-stored.before"));
        assert!(!Failpoints::none().is_due("offer-stored.after"));
    }

    #[test]
    fn unknown_settings_and_real_directories_are_refused() {
        for setting in ["offer-stored", "", "offer-stored.after:0", "offer-stored.after:x"] {
            assert_eq!(Failpoints::from_setting(setting, true).unwrap_err().code, Code::Usage);
        }
        let refusal = Failpoints::from_setting(NAMES[0], false).unwrap_err();
        assert_eq!(refusal.code, Code::NotRehearsal);
    }

    #[test]
    #[ignore = "the process that the next test kills"]
    fn reaches_every_point_once() {
        let points = Failpoints::from_environment(true).unwrap();
        NAMES.into_iter().for_each(|name| points.reached(name));
    }

    #[test]
    fn the_process_ends_without_unwinding() {
        let run = |setting: Option<&str>| {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--ignored", "--exact", "failpoint::tests::reaches_every_point_once"]);
            child.env_remove(FAIL_VARIABLE).envs(setting.map(|setting| (FAIL_VARIABLE, setting)));
            child.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
        };
        assert!(run(None).success());
        assert_eq!(run(Some("ack-stored.after")).signal(), Some(6), "SIGABRT");
    }
}

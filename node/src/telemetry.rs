//! The node's log: lines on stderr, for people or as JSON.
//!
//! The rule of every line: ids, codes, counts and times only. A name, an identity number, a phone
//! or a free text never goes to a log; such values exist only as `Private` or `IdNumber`, which
//! print stars, and nothing is revealed in the arguments of a log macro. There is no log file, no
//! rotation and no metrics here: the service manager keeps what stderr gives.

#[cfg(test)]
pub(crate) mod watch;

use std::fmt;

use protocol::refusal::{Code, Refusal};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::Clock;

/// The environment variable that overrides the filter of the configuration.
pub const LOG_VARIABLE: &str = "DUKOU_LOG";

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Compact,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// Directives such as `info` or `warn,dukou::link=debug`.
    pub filter: String,
    /// The form of a line.
    pub format: LogFormat,
    /// Marks every line as that of a rehearsal.
    pub rehearsal: bool,
}

/// Starts the log of this process, on stderr, with the times of `clock`. Once in a process.
///
/// # Errors
/// `usage` if [`LOG_VARIABLE`] holds no filter; `internal` if a log was started before.
pub fn start(settings: &LogSettings, clock: &Clock) -> Result<(), Refusal> {
    let filter = match std::env::var(LOG_VARIABLE) {
        Ok(text) => parse_filter(&text).map_err(|fault| {
            Refusal::about(Code::Usage, format_args!("{LOG_VARIABLE}={text}: {fault}"))
        })?,
        Err(_) => parse_filter(&settings.filter)
            .map_err(|fault| Refusal::about(Code::ConfigInvalid, fault))?,
    };
    let subscriber = subscriber(settings, filter, clock, std::io::stderr);
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|error| Refusal::about(Code::Internal, error))
}

/// Reads a filter; the error says what is wrong with it.
pub(crate) fn parse_filter(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::builder().parse(text).map_err(|error| error.to_string())
}

fn subscriber<W>(
    settings: &LogSettings,
    filter: EnvFilter,
    clock: &Clock,
    writer: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let timer = Time(clock.clone());
    let rehearsal = settings.rehearsal;
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match settings.format {
        LogFormat::Compact => {
            let format = Format::default().compact().with_ansi(false).with_timer(timer);
            let mark = if rehearsal { "[演练] " } else { "" };
            Box::new(base.event_format(Marked { mark, skip: 0, format }).finish())
        }
        LogFormat::Json => {
            let format = Format::default().json().flatten_event(true).with_timer(timer);
            let (mark, skip) = if rehearsal { (r#"{"rehearsal":true,"#, 1) } else { ("", 0) };
            Box::new(base.json().event_format(Marked { mark, skip, format }).finish())
        }
    }
}

struct Time(Clock);

impl FormatTime for Time {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", self.0.now())
    }
}

/// Puts `mark` in place of the first `skip` bytes of each line.
struct Marked<F> {
    mark: &'static str,
    skip: usize,
    format: F,
}

impl<S, N, F> FormatEvent<S, N> for Marked<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.format.format_event(context, Writer::new(&mut line), event)?;
        writer.write_str(self.mark)?;
        writer.write_str(line.get(self.skip..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io;
    use std::sync::{Arc, Mutex};

    use protocol::private::Private;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, rehearsal: bool, filter: &str) -> String {
        let lines = Lines::default();
        let settings = LogSettings { filter: filter.to_owned(), format, rehearsal };
        let clock = Clock::manual("2030-01-02T03:04:05Z".parse().unwrap());
        let into = lines.clone();
        let filter = parse_filter(filter).unwrap();
        let subscriber = subscriber(&settings, filter, &clock, move || into.clone());
        tracing::subscriber::with_default(subscriber, || {
            let name: Private<String> = "赵以刚".into();
            tracing::info!(letter = "3fa9", who = ?name, "accepted");
            tracing::debug!("not shown");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_line_has_the_time_of_the_clock_and_no_personal_data() {
        let text = logged(LogFormat::Compact, false, "info");
        assert!(text.starts_with("2030-01-02T03:04:05.000Z"), "{text}");
        assert!(text.contains("accepted") && text.contains(r#"letter="3fa9""#), "{text}");
        assert!(text.contains("who=***") && text.lines().count() == 1, "{text}");
        assert_eq!(logged(LogFormat::Compact, false, "warn"), "");
    }

    #[test]
    fn every_line_of_a_rehearsal_says_so() {
        let text = logged(LogFormat::Compact, true, "debug");
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.starts_with("[演练] 2030-01-02")), "{text}");
        for line in logged(LogFormat::Json, true, "debug").lines() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["rehearsal"], true);
            assert_eq!(object["timestamp"], "2030-01-02T03:04:05.000Z");
        }
    }

    #[test]
    fn json_lines_keep_their_fields() {
        let text = logged(LogFormat::Json, false, "info");
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["message"], "accepted");
        assert_eq!(object["letter"], "3fa9");
        assert_eq!(object["who"], "***");
        assert_eq!(object["rehearsal"], serde_json::Value::Null);
    }

    #[test]
    fn a_faulty_filter_is_told() {
        assert!(parse_filter("info,dukou=loud").is_err());
    }
}

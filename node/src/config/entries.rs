//! The table of configuration keys: what each is for, how it is read and how it is written.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;

use protocol::limits::NAME_CHARS_MAX;
use protocol::member::is_name;
use toml::Spanned;
use toml::de::DeValue;

use super::parse::Keys;
use super::{Config, address};
use crate::telemetry::{LogFormat, parse_filter};

/// Most addresses that one node advertises.
const ADVERTISE_MAX: usize = 8;

/// One key.
pub(super) struct Entry {
    /// Dotted, as in the file.
    pub(super) name: &'static str,
    /// The comment above the key, line by line.
    pub(super) about: &'static [&'static str],
    /// Whether a file without it is faulty.
    pub(super) required: bool,
    /// What a commented-out key shows as its value.
    pub(super) example: &'static str,
    /// Puts the value from the file into its place.
    pub(super) read: fn(&mut Config, &Value<'_>) -> Result<(), Wrong>,
    /// The value as TOML; none if there is none.
    pub(super) write: fn(&Config) -> Option<toml::Value>,
}

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) problem: String,
    pub(super) fix: String,
    /// Where, if it is only a part of the value.
    pub(super) span: Option<Range<usize>>,
}

impl Wrong {
    pub(super) fn new(problem: impl Into<String>, fix: impl Into<String>) -> Wrong {
        Wrong { problem: problem.into(), fix: fix.into(), span: None }
    }
}

/// Every key, in the order of the file.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "region.code",
        about: &["The six-digit GB/T 2260 code of the county or city that this node serves."],
        required: true,
        example: "",
        read: |config, value| {
            let fix = "write the six digits in quotes, such as \"610922\"";
            let code = value.text().map_err(|wrong| Wrong { fix: fix.to_owned(), ..wrong })?;
            config.region = code.parse().map_err(|_| Wrong::new("not a region code", fix))?;
            Ok(())
        },
        write: |config| text(config.region),
    },
    Entry {
        name: "region.name",
        about: &["How the region is called on pages and letters."],
        required: true,
        example: "",
        read: |config, value| {
            let name = value.text()?;
            if !is_name(name) {
                let fix = format!("write 1 to {NAME_CHARS_MAX} visible characters");
                return Err(Wrong::new("blank, too long, or has hidden characters", fix));
            }
            config.name = name.to_owned();
            Ok(())
        },
        write: |config| text(&config.name),
    },
    Entry {
        name: "rehearsal",
        about: &[
            "A practice node (演练): its clock can be set, its letters are marked, and it never",
            "pairs with a real one. Decided by `dukou init`; do not change it afterwards.",
        ],
        required: false,
        example: "",
        read: |config, value| {
            config.rehearsal = value.switch()?;
            Ok(())
        },
        write: |config| Some(config.rehearsal.into()),
    },
    Entry {
        name: "listen",
        about: &[
            "Where other nodes reach this one, IP:PORT, by UDP (QUIC). Port 0 takes a free port",
            "at the first `dukou serve`, which is then written here and kept.",
        ],
        required: false,
        example: "",
        read: |config, value| {
            config.listen = address::listening(value.text()?)?;
            Ok(())
        },
        write: |config| text(config.listen),
    },
    Entry {
        name: "http",
        about: &[
            "Where browsers on this machine reach the pages and the API, IP:PORT, loopback only:",
            "what goes over it is not encrypted. Port 0 as above.",
        ],
        required: false,
        example: "",
        read: |config, value| {
            let http = address::listening(value.text()?)?;
            if !http.ip().is_loopback() {
                let fix = "use 127.0.0.1 or [::1], and a TLS proxy or an SSH tunnel for others";
                return Err(Wrong::new("not a loopback address", fix));
            }
            config.http = http;
            Ok(())
        },
        write: |config| text(config.http),
    },
    Entry {
        name: "advertise",
        about: &[
            "Where peers should dial this node, HOST:PORT, the best first; goes into invitations.",
            "Needed where `listen` is 0.0.0.0 or behind a router. Empty: the address of `listen`.",
        ],
        required: false,
        example: "",
        read: |config, value| {
            config.advertise = value.texts(ADVERTISE_MAX)?.try_map(address::dialled)?;
            Ok(())
        },
        write: |config| Some(config.advertise.clone().into()),
    },
    Entry {
        name: "log.filter",
        about: &[
            "What is logged: error, warn, info, debug or trace, also for parts of the program",
            "(\"info,dukou::link=debug\"). The environment variable DUKOU_LOG overrides it.",
        ],
        required: false,
        example: "",
        read: |config, value| {
            let filter = value.text()?;
            let fix = "write a level such as \"info\", or \"info,dukou::link=debug\"";
            parse_filter(filter).map_err(|problem| Wrong::new(problem, fix))?;
            config.log_filter = filter.to_owned();
            Ok(())
        },
        write: |config| text(&config.log_filter),
    },
    Entry {
        name: "log.format",
        about: &["\"compact\" for people, \"json\" for one JSON object a line. Both go to stderr."],
        required: false,
        example: "",
        read: |config, value| {
            config.log_format = match value.text()? {
                "compact" => LogFormat::Compact,
                "json" => LogFormat::Json,
                _ => return Err(Wrong::new("no such format", "write \"compact\" or \"json\"")),
            };
            Ok(())
        },
        write: |config| {
            text(match config.log_format {
                LogFormat::Compact => "compact",
                LogFormat::Json => "json",
            })
        },
    },
    Entry {
        name: "store.readers",
        about: &["How many connections read the database beside the one that writes, 1 to 64."],
        required: false,
        example: "",
        read: |config, value| {
            config.store_readers = value.number(1..=64)? as usize;
            Ok(())
        },
        write: |config| number(config.store_readers as u64),
    },
    Entry {
        name: "quota.undecided_offers_bytes",
        about: &[
            "Letters from one peer that nobody here has decided yet: beyond this they are kept",
            "but parked, so that the peer's other papers flow. At least 1 MiB (1048576).",
        ],
        required: false,
        example: "",
        read: |config, value| {
            config.undecided_offers_bytes = value.number(1 << 20..=1 << 40)?;
            Ok(())
        },
        write: |config| number(config.undecided_offers_bytes),
    },
    Entry {
        name: "quota.database_bytes",
        about: &[
            "With a larger database nothing more is read from peers until there is room again.",
            "At least 64 MiB (67108864).",
        ],
        required: false,
        example: "",
        read: |config, value| {
            config.database_bytes = value.number(64 << 20..=1 << 50)?;
            Ok(())
        },
        write: |config| number(config.database_bytes),
    },
    Entry {
        name: "matching.answer",
        about: &[
            "Whether matchings of lists (名单比对) that a peer asks for are answered, with the people",
            "whom the books connect with that peer and nobody else. `dukou match list` shows each.",
        ],
        required: false,
        example: "",
        read: |config, value| {
            config.answers_matchings = value.switch()?;
            Ok(())
        },
        write: |config| Some(config.answers_matchings.into()),
    },
    Entry {
        name: "keys.passphrase_file",
        about: &["The absolute path of a file, 0600, whose one line opens the encrypted keys."],
        required: false,
        example: "\"/run/credentials/dukou.service/passphrase\"",
        read: |config, value| {
            config.passphrase_file = Some(absolute_path(value.text()?)?);
            Ok(())
        },
        write: |config| config.passphrase_file.as_ref().and_then(|path| text(path.display())),
    },
];

impl Keys for Config {
    fn names(&self) -> Vec<&'static str> {
        ENTRIES.iter().map(|entry| entry.name).collect()
    }

    fn required(&self) -> Vec<(&'static str, &'static str)> {
        let required = ENTRIES.iter().filter(|entry| entry.required);
        required.map(|entry| (entry.name, entry.about[0])).collect()
    }

    fn read(&mut self, name: &'static str, value: &Value<'_>) -> Result<(), Wrong> {
        let entry = ENTRIES.iter().find(|entry| entry.name == name);
        entry.map_or(Ok(()), |entry| (entry.read)(self, value))
    }
}

fn text(value: impl Display) -> Option<toml::Value> {
    Some(toml::Value::String(value.to_string()))
}

fn number(value: u64) -> Option<toml::Value> {
    i64::try_from(value).ok().map(toml::Value::Integer)
}

fn absolute_path(text: &str) -> Result<PathBuf, Wrong> {
    let fix = "write the absolute path, from / on";
    if text.starts_with('~') {
        return Err(Wrong::new("`~` means nothing to a service", fix));
    }
    let path = PathBuf::from(text);
    if !path.is_absolute() {
        return Err(Wrong::new("a relative path depends on where the node is started", fix));
    }
    Ok(path)
}

/// A value as it stands in the file.
pub(super) struct Value<'v>(pub(super) &'v Spanned<DeValue<'v>>);

impl<'v> Value<'v> {
    fn text(&self) -> Result<&'v str, Wrong> {
        let wrong = || self.wrong_type("a text", "put it in quotes");
        self.0.get_ref().as_str().ok_or_else(wrong)
    }

    fn switch(&self) -> Result<bool, Wrong> {
        let wrong = || self.wrong_type("true or false", "write true or false, without quotes");
        self.0.get_ref().as_bool().ok_or_else(wrong)
    }

    pub(super) fn number(&self, range: RangeInclusive<u64>) -> Result<u64, Wrong> {
        let fix = format!("write a whole number from {} to {}", range.start(), range.end());
        let Some(found) = self.0.get_ref().as_integer() else {
            return Err(self.wrong_type("a whole number", &fix));
        };
        u64::from_str_radix(found.as_str(), found.radix())
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| Wrong::new(format!("{} is out of range", found.as_str()), fix))
    }

    fn texts(&self, most: usize) -> Result<Texts<'v>, Wrong> {
        let fix = "write [\"one\", \"two\"]";
        let Some(array) = self.0.get_ref().as_array() else {
            return Err(self.wrong_type("a list of texts", fix));
        };
        if array.len() > most {
            let fix = format!("keep the best {most}");
            return Err(Wrong::new(format!("{} entries", array.len()), fix));
        }
        Ok(Texts(array.iter().map(Value).collect()))
    }

    fn wrong_type(&self, expected: &str, fix: &str) -> Wrong {
        let found = self.0.get_ref().type_str();
        Wrong::new(format!("expected {expected}, found {found}"), fix)
    }
}

struct Texts<'v>(Vec<Value<'v>>);

impl Texts<'_> {
    fn try_map(&self, read: fn(&str) -> Result<String, Wrong>) -> Result<Vec<String>, Wrong> {
        let place = |value: &Value<'_>, wrong| Wrong { span: Some(value.0.span()), ..wrong };
        self.0
            .iter()
            .map(|value| value.text().and_then(read).map_err(|wrong| place(value, wrong)))
            .collect()
    }
}

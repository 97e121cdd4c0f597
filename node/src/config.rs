//! The node's configuration, `config.toml` in the data directory.
//!
//! Every fault of the file is found at once and told with its place, so that it is edited once.
//! One table (`config/entries.rs`) describes the keys: it reads them, writes them, and writes the
//! example and the comments. Nothing is taken from the environment here, and no secret lies in
//! the file: a passphrase is named by its own file.

mod address;
mod entries;
mod fault;
mod parse;
mod rules;

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use protocol::id::RegionCode;
use protocol::member::is_name;
use protocol::refusal::{Code, Refusal};

use crate::directory::file_refusal;
use crate::durable;
use crate::telemetry::{LogFormat, LogSettings};
use entries::ENTRIES;
pub use fault::{ConfigFault, faults_refusal};
pub use rules::RuleBook;

/// Longest configuration file, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// What one node is told by its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `region.code`: the region of this node.
    pub region: RegionCode,
    /// `region.name`: how the region is called on pages and letters.
    pub name: String,
    /// `rehearsal`: a practice node, which never pairs with a real one.
    pub rehearsal: bool,
    /// `listen`: where QUIC listens. Port 0 until the first `serve`.
    pub listen: SocketAddr,
    /// `http`: where the pages and the API listen; loopback only. Port 0 until the first `serve`.
    pub http: SocketAddr,
    /// `advertise`: `HOST:PORT` where peers reach this node, the best first.
    pub advertise: Vec<String>,
    /// `log.filter`.
    pub log_filter: String,
    /// `log.format`.
    pub log_format: LogFormat,
    /// `store.readers`: connections that read the database beside the one that writes.
    pub store_readers: usize,
    /// `quota.undecided_offers_bytes`: offers of one peer beyond this are parked.
    pub undecided_offers_bytes: u64,
    /// `quota.database_bytes`: with a larger database nothing more is read from peers.
    pub database_bytes: u64,
    /// `matching.answer`: whether matchings that peers ask for are answered.
    pub answers_matchings: bool,
    /// `keys.passphrase_file`: what opens the keys, if they are encrypted.
    pub passphrase_file: Option<PathBuf>,
}

impl Config {
    /// The configuration of a new node, everything else by default.
    ///
    /// # Errors
    /// `field.invalid` if the name is blank, too long or has hidden characters.
    pub fn new(region: RegionCode, name: &str) -> Result<Config, Refusal> {
        if !is_name(name) {
            return Err(Refusal::about(Code::FieldInvalid, "region.name"));
        }
        Ok(Config { name: name.to_owned(), ..Config::defaults(region) })
    }

    fn defaults(region: RegionCode) -> Config {
        Config {
            region,
            name: String::new(),
            rehearsal: false,
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            http: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            advertise: Vec::new(),
            log_filter: "info".to_owned(),
            log_format: LogFormat::Compact,
            store_readers: 4,
            undecided_offers_bytes: 64 << 20,
            database_bytes: 64 << 30,
            answers_matchings: true,
            passphrase_file: None,
        }
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// `config.invalid` with one line for each fault, `node.file` if the file cannot be read.
    pub fn load(path: &Path) -> Result<Config, Refusal> {
        Config::parse(&read_text(path)?).map_err(|faults| faults_refusal(path, &faults))
    }

    /// Reads the text of a configuration file.
    ///
    /// # Errors
    /// Every fault, by line and column.
    pub fn parse(text: &str) -> Result<Config, Vec<ConfigFault>> {
        let region = RegionCode::new(100_000).expect("the lowest code there is");
        parse::parse(text, Config::defaults(region))
    }

    /// Checks what the parts of a configuration would say in a file, for values that came from the
    /// command line.
    ///
    /// # Errors
    /// `config.invalid`.
    pub fn check(&self) -> Result<(), Refusal> {
        let checked = Config::parse(&self.to_toml());
        checked.map(drop).map_err(|faults| faults_refusal(Path::new("config.toml"), &faults))
    }

    /// Writes the file of a new node, every key with its comment, 0600.
    ///
    /// # Errors
    /// `config.invalid` if it could not be read back, `node.file`.
    pub fn write(&self, path: &Path) -> Result<(), Refusal> {
        self.check()?;
        durable::replace(path, self.to_toml().as_bytes(), 0o600)
            .map_err(|error| file_refusal(path, &error))
    }

    /// The text that [`Config::write`] writes.
    pub fn to_toml(&self) -> String {
        let defaults = Config::defaults(self.region);
        let mut text = String::from(
            "# The configuration of one Dukou node. Read once, when the node starts.\n\
             # An unknown key is an error, not a guess.\n",
        );
        for entry in ENTRIES {
            text.push('\n');
            entry.about.iter().for_each(|line| text.push_str(&format!("# {line}\n")));
            text.push_str(&match (entry.write)(&defaults) {
                _ if entry.required => "# Required.\n".to_owned(),
                Some(default) => format!("# Default: {default}\n"),
                None => "# Default: none\n".to_owned(),
            });
            text.push_str(&match (entry.write)(self) {
                Some(value) => format!("{} = {value}\n", entry.name),
                None => format!("# {} = {}\n", entry.name, entry.example),
            });
        }
        text
    }

    /// Writes the addresses that port 0 was resolved to into the file at `path`, and leaves every
    /// other byte of it as its owner wrote it.
    ///
    /// # Errors
    /// `config.invalid` if the file has faults by now, `node.file`.
    pub fn keep_addresses(
        path: &Path,
        listen: SocketAddr,
        http: SocketAddr,
    ) -> Result<(), Refusal> {
        let file = |error| file_refusal(path, &error);
        // The file itself, not the link that a configuration manager may have put in its place.
        let path = fs::canonicalize(path).map_err(file)?;
        let mode = fs::metadata(&path).map_err(file)?.permissions().mode() & 0o777;
        let old = read_text(&path)?;
        let invalid = |faults: Vec<ConfigFault>| faults_refusal(&path, &faults);
        let found = Config::parse(&old).map_err(invalid)?;
        if (found.listen, found.http) == (listen, http) {
            return Ok(());
        }
        let mut text = old;
        for (key, value) in [("listen", listen), ("http", http)] {
            text = parse::with_value(&text, key, &value.to_string().into());
        }
        let expected = Config { listen, http, ..found };
        if Config::parse(&text).map_err(invalid)? != expected {
            return Err(Refusal::about(Code::Internal, "the addresses could not be kept"));
        }
        durable::replace(&path, text.as_bytes(), mode).map_err(file)
    }

    /// Where peers should dial this node: what is advertised, else the listening address. One that
    /// listens everywhere and advertises nothing is known to be reachable on its own machine only.
    pub fn dial_addresses(&self) -> Vec<String> {
        if !self.advertise.is_empty() {
            return self.advertise.clone();
        }
        let ip = match self.listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        vec![SocketAddr::new(ip, self.listen.port()).to_string()]
    }

    /// What `telemetry::start` needs.
    pub fn log(&self) -> LogSettings {
        LogSettings {
            filter: self.log_filter.clone(),
            format: self.log_format,
            rehearsal: self.rehearsal,
        }
    }
}

fn read_text(path: &Path) -> Result<String, Refusal> {
    let file = |error| file_refusal(path, &error);
    if fs::metadata(path).map_err(file)?.len() > FILE_BYTES_MAX {
        let text = format!("{}: longer than {FILE_BYTES_MAX} bytes", path.display());
        return Err(Refusal::about(Code::ConfigInvalid, text));
    }
    let bytes = fs::read(path).map_err(file)?;
    String::from_utf8(bytes).map_err(|error| {
        let sound = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..sound]).into_owned();
        let fault = ConfigFault::at(
            &text,
            sound,
            "",
            "not UTF-8 text".to_owned(),
            "save the file in UTF-8".to_owned(),
        );
        faults_refusal(path, &[fault])
    })
}

#[cfg(test)]
mod tests;

//! Starts a node's parts in order and ends them in order.

mod adapter;
mod batch;
mod departure;
mod execute;
mod findings;
mod introduce;
mod matching;
mod node;
mod open;
mod paper;
mod people;
mod residence;
mod serve;
mod stay;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use protocol::id::RegionCode;

use crate::control::execute::{Execute, Failure};
use crate::directory::DataDirectory;
use crate::office::view::Initialised;

pub use node::Node;
pub use paper::verdict;
pub use serve::serve;

/// What a new node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitRequest {
    /// Where; created if missing.
    pub data_dir: PathBuf,
    /// The region's code.
    pub region: RegionCode,
    /// The region's name.
    pub name: String,
    /// Address for other regions.
    pub listen: Option<SocketAddr>,
    /// Address of the pages.
    pub http: Option<SocketAddr>,
    /// Whether this is a rehearsal (演练).
    pub rehearsal: bool,
}

/// Creates the data directory: keys, configuration, database.
///
/// # Errors
/// `node.exists`, `field.invalid`, `config.invalid`, `node.file`.
pub fn initialise(request: InitRequest) -> Result<Initialised, Failure> {
    open::create(request)
}

/// Opens the data directory under its lock, for commands while no node runs.
///
/// # Errors
/// `node.no_data` if there is none, `node.locked` while another process holds it, `config.invalid`,
/// `node.keys`, `node.schema`.
pub fn open_local(data_dir: &Path) -> Result<Box<dyn Execute>, Failure> {
    let opened = open::open(DataDirectory::existing(data_dir)?)?;
    Ok(Box::new(execute::Executor::local(opened)))
}

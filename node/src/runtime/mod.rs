//! Starts a node's parts in order and ends them in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use protocol::id::RegionCode;
use protocol::refusal::{Code, Refusal};

use crate::control::execute::{Execute, Failure, Progress};
use crate::office::view::{Demo, DemoStep, Initialised, Ready};

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

/// How the demo should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoRequest {
    /// End after the steps instead of waiting for Ctrl-C.
    pub once: bool,
    /// How many members the rosters have together.
    pub members: u32,
}

/// Creates the data directory: keys, configuration, database.
pub fn initialise(request: InitRequest) -> Result<Initialised, Failure> {
    Err(Refusal::about(Code::Internal, format!("initialise {}", request.data_dir.display())).into())
}

/// Opens the data directory under its lock, for commands while no node runs.
/// `NodeNoData` if there is none, `NodeLocked` while another process holds it.
pub fn open_local(data_dir: &Path) -> Result<Box<dyn Execute>, Failure> {
    Err(Refusal::about(Code::Internal, format!("open {}", data_dir.display())).into())
}

/// Runs the node until SIGTERM or Ctrl-C; calls `ready` once, when it serves.
pub fn serve(data_dir: &Path, _ready: impl FnOnce(Ready)) -> Result<(), Failure> {
    Err(Refusal::about(Code::Internal, format!("serve {}", data_dir.display())).into())
}

/// What the demo tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemoEvent {
    /// Preparation goes on.
    Progress(Progress),
    /// A step ended.
    Step(DemoStep),
    /// All steps ended; the pages stay up until Ctrl-C unless `once` was asked. Told once.
    Finished(Demo),
}

/// Runs the demo in a temporary directory and removes it at the end.
pub fn demo(_request: DemoRequest, _tell: &mut dyn FnMut(DemoEvent)) -> Result<(), Failure> {
    Err(Refusal::about(Code::Internal, "demo").into())
}

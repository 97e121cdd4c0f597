//! A whole node inside the calling process, for whoever drives its office directly: the benchmark.
//!
//! It is started by the same steps as `dukou serve` and differs only in what ends it.

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

use protocol::refusal::{Code, Refusal};
use tokio::sync::oneshot;

use crate::control::execute::Failure;
use crate::office::Office;
use crate::office::view::Ready;

use super::serve::{Stop, serve_until};

/// A node that serves on threads of its own until [`Node::stop`].
pub struct Node {
    office: Office,
    ready: Ready,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), Failure>>,
}

impl Node {
    /// Opens the data directory and serves; returns once the node is ready.
    ///
    /// # Errors
    /// Those of [`super::serve`].
    pub fn start(data_dir: &Path) -> Result<Node, Failure> {
        let (stop, told) = oneshot::channel();
        let (sender, serving) = sync_channel(1);
        let data_dir = data_dir.to_owned();
        let body = move || {
            serve_until(&data_dir, Stop::Told(told), |ready, office| {
                // The receiver waits below until this or the end of the thread.
                let _ = sender.send((ready, office.clone()));
            })
        };
        let thread = std::thread::Builder::new().name("node".into()).spawn(body);
        let thread = thread.map_err(|error| Refusal::about(Code::Internal, error))?;
        match serving.recv() {
            Ok((ready, office)) => Ok(Node { office, ready, stop, thread }),
            Err(_) => {
                Err(ended(thread).err().unwrap_or_else(|| Refusal::from(Code::Internal).into()))
            }
        }
    }

    /// Its office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// Where it serves.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// Those of [`super::serve`].
    pub fn stop(self) -> Result<(), Failure> {
        // A node that ended by itself hears nothing and says below why it ended.
        let _ = self.stop.send(());
        ended(self.thread)
    }
}

fn ended(thread: JoinHandle<Result<(), Failure>>) -> Result<(), Failure> {
    thread.join().unwrap_or_else(|_| Err(Refusal::about(Code::Internal, "the node").into()))
}

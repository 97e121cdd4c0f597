//! A real socket over a scripted executor, for the tests of those who ask.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc as channel};

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::ControlSocket;
use crate::control::command::Command;
use crate::control::execute::{Context, Execute, Failure, Progress, Reply};

/// What a script answers.
pub(crate) struct Scripted<F>(F);

impl<F> Execute for Scripted<F>
where
    F: Fn(Command, &Context, &mut dyn FnMut(Progress)) -> Result<Reply, Failure> + Send + Sync,
{
    fn execute(
        &self,
        command: Command,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Failure> {
        (self.0)(command, context, progress)
    }
}

/// A served data directory; it goes away when dropped.
pub(crate) struct Served {
    /// The data directory.
    pub data: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    ended: channel::Receiver<()>,
    _runtime: Runtime,
    _home: tempfile::TempDir,
}

impl Served {
    /// Asks the server to end.
    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Whether the server has ended.
    pub fn has_ended(&self) -> bool {
        self.ended.try_recv().is_ok()
    }

    /// Waits until the server has ended.
    pub fn wait(&self) {
        self.ended.recv().unwrap();
    }
}

/// Serves `script` in a temporary directory.
pub(crate) fn scripted<F>(script: F) -> Served
where
    F: Fn(Command, &Context, &mut dyn FnMut(Progress)) -> Result<Reply, Failure>
        + Send
        + Sync
        + 'static,
{
    scripted_in(Path::to_owned, script)
}

/// Serves `script` in a directory that `place` names under a temporary one.
pub(crate) fn scripted_in<F>(place: impl Fn(&Path) -> PathBuf, script: F) -> Served
where
    F: Fn(Command, &Context, &mut dyn FnMut(Progress)) -> Result<Reply, Failure>
        + Send
        + Sync
        + 'static,
{
    let home = tempfile::tempdir().unwrap();
    let data = place(home.path());
    fs::create_dir_all(&data).unwrap();
    let runtime = Runtime::new().unwrap();
    let (stop, stopped) = oneshot::channel();
    let (end, ended) = channel::sync_channel(1);
    let socket = runtime.block_on(async { ControlSocket::bind(&data).unwrap() });
    runtime.spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        socket.serve(Arc::new(Scripted(script)), stop).await;
        let _ = end.send(());
    });
    Served { data, stop: Some(stop), ended, _runtime: runtime, _home: home }
}

/// A plain answer.
pub(crate) fn reply(data: serde_json::Value) -> Reply {
    Reply { schema: "dukou.test/1".into(), data, warnings: vec![], next: vec![], exit: 0 }
}

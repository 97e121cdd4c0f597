//! The server side of the local socket: `control.sock` in the data directory, for this machine's
//! owner of that directory alone.
//!
//! One connection carries one command. A connection that dawdles over its request, or does not
//! read its answer, is dropped; a command that was begun runs to its end even if the asker left.
//! Nothing is decided here.

use std::fs::{self, File, Permissions};
use std::future::Future;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use protocol::refusal::{Code, Lang, Refusal};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::execute::{Context, Execute, Failure, Fault, Progress, Reply};
use super::line::{self, ANSWER_BYTES_MAX, Answer, REQUEST_BYTES_MAX, Request};

/// Most connections at once; more wait in the kernel's queue.
pub const CONNECTIONS_MAX: usize = 64;
/// Time for a whole request.
const REQUEST_WAIT: Duration = Duration::from_secs(5);
/// Time for the asker to take one line.
const WRITE_WAIT: Duration = Duration::from_secs(30);
/// Pause after a failed accept, so that a lack of file handles does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Progress lines that wait for the asker; more are skipped.
const PROGRESS_LINES_MAX: usize = 16;

/// The bound socket.
pub struct ControlSocket {
    listener: UnixListener,
    directory: File,
    owner: u32,
}

impl ControlSocket {
    /// Binds the socket in `data_dir`, 0600, in place of one that a dead process left. The caller
    /// holds the directory's lock and is inside a tokio runtime.
    pub fn bind(data_dir: &Path) -> io::Result<ControlSocket> {
        let directory = File::open(data_dir)?;
        let path = line::socket_path(&directory);
        // Made under another name and renamed when its mode is right: nobody connects before.
        let fresh = path.with_extension("new");
        match fs::remove_file(&fresh) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
            _ => {}
        }
        let listener = UnixListener::bind(&fresh)?;
        fs::set_permissions(&fresh, Permissions::from_mode(0o600))?;
        fs::rename(&fresh, &path)?;
        let owner = directory.metadata()?.uid();
        Ok(ControlSocket { listener, directory, owner })
    }

    /// Answers until `stop` resolves; then accepts no more, waits for the commands that run, and
    /// removes the socket.
    pub async fn serve(self, execute: Arc<dyn Execute>, stop: impl Future<Output = ()>) {
        let (closing, closed) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            let open = connections.len();
            tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next(), if open > 0 => {}
                accepted = self.listener.accept(), if open < CONNECTIONS_MAX => match accepted {
                    Ok((stream, _)) if self.admits(&stream) => {
                        connections.spawn(converse(stream, execute.clone(), closed.clone()));
                    }
                    Ok(_) => tracing::warn!("control: another user's connection was refused"),
                    Err(fault) => {
                        tracing::warn!(%fault, "control: accept");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        let _ = fs::remove_file(line::socket_path(&self.directory));
        drop(self.listener);
        closing.send_replace(true);
        while connections.join_next().await.is_some() {}
    }

    fn admits(&self, stream: &UnixStream) -> bool {
        stream.peer_cred().is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0)
    }
}

async fn converse(
    stream: UnixStream,
    execute: Arc<dyn Execute>,
    mut closed: watch::Receiver<bool>,
) {
    let Ok(uid) = stream.peer_cred().map(|peer| peer.uid()) else { return };
    let (reader, mut writer) = stream.into_split();
    let request = tokio::select! {
        request = timeout(REQUEST_WAIT, read_request(BufReader::new(reader))) => request,
        _ = closed.wait_for(|closed| *closed) => return,
    };
    let answer = match request {
        Ok(Ok(Some(request))) => run(request, uid, execute, &mut writer).await,
        Ok(Ok(None)) => return,
        Ok(Err(refusal)) => Answer::of(Err(Fault::of(&refusal.into(), Lang::En))),
        Err(_) => Answer::of(Err(Fault::of(&no_request("not sent in time").into(), Lang::En))),
    };
    let bytes = line::line(&answer, ANSWER_BYTES_MAX).or_else(|refusal| {
        let fault = Fault::of(&refusal.into(), Lang::En);
        line::line(&Answer::of(Err(fault)), ANSWER_BYTES_MAX)
    });
    if let Ok(bytes) = bytes {
        write(&mut writer, &bytes).await;
    }
}

/// The request, or nothing if the asker left without one.
async fn read_request<R>(reader: R) -> Result<Option<Request>, Refusal>
where
    R: AsyncBufReadExt + Unpin,
{
    let mut bytes = Vec::new();
    let mut bounded = reader.take(REQUEST_BYTES_MAX as u64);
    let read = bounded.read_until(b'\n', &mut bytes).await;
    match read.map_err(|fault| no_request(&fault.to_string()))? {
        0 => Ok(None),
        _ if bytes.last() != Some(&b'\n') => Err(no_request("too long or cut")),
        // The parser's message may quote the text, which may be personal: only its place is told.
        _ => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|fault| no_request(&format!("not understood at column {}", fault.column()))),
    }
}

fn no_request(why: &str) -> Refusal {
    Refusal::about(Code::Usage, format!("control request {why}"))
}

async fn run(
    request: Request,
    uid: u32,
    execute: Arc<dyn Execute>,
    writer: &mut OwnedWriteHalf,
) -> Answer {
    let lang = line::lang_of(&request.lang);
    let context = Context { lang, reveal: request.reveal, uid };
    let (tell, mut told) = mpsc::channel::<Progress>(PROGRESS_LINES_MAX);
    let work = tokio::task::spawn_blocking(move || {
        let mut progress = |progress| {
            let _ = tell.try_send(progress);
        };
        execute.execute(request.command, &context, &mut progress)
    });
    let mut listening = true;
    while let Some(progress) = told.recv().await {
        if let (true, Ok(bytes)) =
            (listening, line::line(&Answer::Progress(progress), ANSWER_BYTES_MAX))
        {
            listening = write(writer, &bytes).await;
        }
    }
    let result: Result<Reply, Failure> = work.await.unwrap_or_else(|_panic| {
        Err(Refusal::about(Code::Internal, "the command ended by a fault of the program").into())
    });
    Answer::of(result.map_err(|failure| Fault::of(&failure, lang)))
}

/// Whether the asker took the bytes in time.
async fn write(writer: &mut OwnedWriteHalf, bytes: &[u8]) -> bool {
    matches!(timeout(WRITE_WAIT, writer.write_all(bytes)).await, Ok(Ok(())))
}

#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

//! A running node: what is started, what wakes what, and the order in which it all ends.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use protocol::refusal::{Code, Refusal};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::control::execute::Failure;
use crate::control::socket::ControlSocket;
use crate::directory::{DataDirectory, file_refusal};
use crate::link::endpoint::Endpoint;
use crate::link::tls::Identity;
use crate::link::wake::{Aside, Grown, Wakes};
use crate::link::{Link, LinkParts};
use crate::office::view::{Ready, Setup};
use crate::office::{Office, Wake};
use crate::store::Growth;
use crate::web;

use super::adapter::Adapter;
use super::execute::{Executor, Running};
use super::introduce::keep_introducing;
use super::open::{Opened, open};

/// Threads that run tasks; work on the disk has its own.
const TASK_THREADS: usize = 2;
/// Most threads for work on the disk.
const BLOCKING_THREADS_MAX: usize = 64 + 32;

// Commands that wait for a peer must leave threads for the link that they wait for.
const _: () = assert!(BLOCKING_THREADS_MAX >= crate::control::socket::CONNECTIONS_MAX + 32);
/// Time between two rounds of housekeeping when nothing asks for one.
const SWEEP_PAUSE: Duration = Duration::from_secs(30);

/// Time between two comparisons with a peer that nobody asks for.
const RECONCILE_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// How often it is asked whether one is due.
const RECONCILE_LOOK_PAUSE: Duration = Duration::from_secs(60);

/// What ends a node in order.
pub(super) enum Stop {
    /// SIGTERM or Ctrl-C.
    Signals,
    /// This process, by sending or by dropping the sender.
    Told(oneshot::Receiver<()>),
}

/// Runs the node until SIGTERM or Ctrl-C; calls `ready` once, when it serves, with where the first
/// user is added if there is none yet.
///
/// # Errors
/// `node.no_data`, `node.locked`, `config.invalid`, `node.keys`, `node.schema`, `node.file` (a port
/// is taken).
pub fn serve(data_dir: &Path, ready: impl FnOnce(Ready, Option<Setup>)) -> Result<(), Failure> {
    serve_until(data_dir, Stop::Signals, |said, office| {
        let opened = office.open_setup().unwrap_or_else(|refusal| {
            tracing::warn!(code = refusal.code.text(), "no set-up link");
            None
        });
        let setup = opened.map(|setup| Setup {
            url: format!("{}/setup/{}", said.http, setup.secret.reveal()),
            expires_at: setup.expires.to_string(),
        });
        ready(said, setup);
    })
}

/// [`serve`] until `stop`, with the office given to `ready` as well.
pub(super) fn serve_until(
    data_dir: &Path,
    stop: Stop,
    ready: impl FnOnce(Ready, &Office),
) -> Result<(), Failure> {
    let opened = open(DataDirectory::existing(data_dir)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(TASK_THREADS)
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .enable_all()
        .build()
        .map_err(|error| Refusal::about(Code::Internal, error))?;
    let served = runtime.block_on(run(&opened, stop, ready));
    runtime.shutdown_timeout(Duration::from_secs(5));
    let closed = opened.office.close();
    served?;
    Ok(closed?)
}

/// What a commit wakes.
struct Wakers {
    sweep: Arc<Notify>,
    peers: Arc<Notify>,
    introduce: Arc<Notify>,
}

async fn run(
    opened: &Opened,
    stop: Stop,
    ready: impl FnOnce(Ready, &Office),
) -> Result<(), Failure> {
    let office = opened.office.clone();
    let mut ending = Ending::new(stop)?;
    let endpoint = bind_link(opened)?;
    let pages = bind_http(opened.config.http).await?;
    let listen = endpoint.address();
    let http = pages.local_addr().map_err(|error| address_refusal(opened.config.http, &error))?;
    Config::keep_addresses(&opened.directory.config_file(), listen, http)?;
    office.set_addresses(Config { listen, ..opened.config.clone() }.dial_addresses());
    let socket = ControlSocket::bind(opened.directory.path())
        .map_err(|error| file_refusal(opened.directory.path(), &error))?;
    let wakes = Wakes::new();
    let wakers = listen_to(&office, &wakes);
    let adapter = Arc::new(Adapter::new(office.clone()));
    let link = Link::start(LinkParts {
        me: office.me().node,
        endpoint: endpoint.clone(),
        pins: adapter.clone(),
        pairing: adapter.clone(),
        feeds: adapter,
        wakes,
        clock: office.clock().clone(),
        entropy: office.entropy().clone(),
    })
    .await?;
    let (ended, stopped) = watch::channel(false);
    let running = Running {
        handle: tokio::runtime::Handle::current(),
        link: link.clone(),
        listen: listen.to_string(),
        http: format!("http://{http}"),
    };
    let executor = Arc::new(Executor::running(office.clone(), running));
    let commands = tokio::spawn(socket.serve(executor, until(stopped.clone())));
    let pages = tokio::spawn(web::serve(pages, office.clone(), until(stopped)));
    let tasks = [
        tokio::spawn(keep_sweeping(office.clone(), wakers.sweep)),
        tokio::spawn(keep_introducing(office.clone(), endpoint, wakers.introduce)),
        tokio::spawn(keep_reloading(link.clone(), wakers.peers)),
        tokio::spawn(keep_reconciling(office.clone(), link.clone())),
    ];
    let said = Ready {
        node_id: office.me().node.to_string(),
        listen: listen.to_string(),
        http: format!("http://{http}"),
    };
    ready(said, &office);
    tracing::info!(%listen, %http, "the node serves");
    ending.wait().await;
    tracing::info!("the node stops");
    // A receiver that is gone means that the part has ended already.
    let _ = ended.send(true);
    end(commands).await;
    tasks.iter().for_each(JoinHandle::abort);
    link.stop().await;
    end(pages).await;
    Ok(())
}

async fn end<T>(task: JoinHandle<T>) {
    if tokio::time::timeout(Duration::from_secs(10), task).await.is_err() {
        tracing::warn!("a part of the node did not end in time");
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: that is a stop as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Rings the right bells after commits. Bells are rung from any thread and never block.
fn listen_to(office: &Office, wakes: &Wakes) -> Wakers {
    let wakers = Wakers {
        sweep: Arc::new(Notify::new()),
        peers: Arc::new(Notify::new()),
        introduce: Arc::new(Notify::new()),
    };
    let (sweep, peers) = (Arc::clone(&wakers.sweep), Arc::clone(&wakers.peers));
    let (introduce, wakes) = (Arc::clone(&wakers.introduce), wakes.clone());
    office.listen(move |wake| match wake {
        Wake::Send(Growth { audience, tip, groups, .. }) => {
            wakes.appended(audience, Grown { tip, groups });
        }
        Wake::Say(peer, message) => wakes.say(peer, Aside::Reconcile(message)),
        Wake::Match(peer, message) => wakes.say(peer, Aside::Match(message)),
        Wake::Peers => {
            peers.notify_one();
            introduce.notify_one();
        }
        Wake::Sweep => sweep.notify_one(),
    });
    wakers
}

async fn keep_sweeping(office: Office, due: Arc<Notify>) {
    let mut moves = office.clock().moves();
    loop {
        let working = office.clone();
        let swept = tokio::task::spawn_blocking(move || working.sweep()).await;
        if let Ok(Err(refusal)) = swept {
            tracing::warn!(code = refusal.code.text(), "housekeeping failed");
        }
        tokio::select! {
            () = due.notified() => {}
            _ = moves.changed() => {}
            () = tokio::time::sleep(SWEEP_PAUSE) => {}
        }
    }
}

async fn keep_reloading(link: Link, changed: Arc<Notify>) {
    loop {
        changed.notified().await;
        if let Err(refusal) = link.reload().await {
            tracing::warn!(code = refusal.code.text(), "the peers are not reloaded");
        }
    }
}

/// Compares the books with every peer once a day, while a session with it is open.
async fn keep_reconciling(office: Office, link: Link) {
    let mut rounds = tokio::time::interval(RECONCILE_LOOK_PAUSE);
    // The first round comes at once; peers are still being dialled then.
    rounds.tick().await;
    loop {
        rounds.tick().await;
        let (working, link) = (office.clone(), link.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let due = working.reconciliations_due(RECONCILE_PAUSE)?;
            due.into_iter().filter(|peer| link.is_open(*peer)).try_for_each(|p| working.ask_peer(p))
        });
        if let Ok(Err(refusal)) = asked.await {
            tracing::warn!(code = refusal.code.text(), "a reconciliation could not begin");
        }
    }
}

fn bind_link(opened: &Opened) -> Result<Endpoint, Refusal> {
    let identity = Identity::from_seed(opened.office.keys().tls_seed().reveal());
    let listen = opened.config.listen;
    Endpoint::bind(listen, identity).map_err(|error| address_refusal(listen, &error))
}

async fn bind_http(address: SocketAddr) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address).await.map_err(|error| address_refusal(address, &error))
}

fn address_refusal(address: SocketAddr, error: &std::io::Error) -> Refusal {
    Refusal::about(Code::NodeFile, format!("{address}: {error}"))
}

/// A [`Stop`] that is being waited for.
enum Ending {
    Signals { terminate: Signal, interrupt: Signal },
    Told(oneshot::Receiver<()>),
}

impl Ending {
    fn new(stop: Stop) -> Result<Ending, Refusal> {
        let failed = |error| Refusal::about(Code::Internal, error);
        Ok(match stop {
            Stop::Signals => Ending::Signals {
                terminate: signal(SignalKind::terminate()).map_err(failed)?,
                interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            },
            Stop::Told(told) => Ending::Told(told),
        })
    }

    async fn wait(&mut self) {
        match self {
            Ending::Signals { terminate, interrupt } => tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            },
            // A sender that is gone will not tell any more: that is a stop as well.
            Ending::Told(told) => drop(told.await),
        }
    }
}

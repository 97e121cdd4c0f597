//! Round trips over a real socket with a scripted executor.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::{Barrier, mpsc as channel};
use std::thread;

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::*;
use crate::control::client::Client;
use crate::control::command::{Command, LetterCommand, MemberCommand, Paging, PersonalText};

const ASKER: Context = Context { lang: Lang::En, reveal: true, uid: 0 };

struct Scripted<F>(F);

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

struct Served {
    runtime: Runtime,
    home: tempfile::TempDir,
    data: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    ended: channel::Receiver<()>,
}

impl Served {
    fn start<F>(script: F) -> Served
    where
        F: Fn(Command, &Context, &mut dyn FnMut(Progress)) -> Result<Reply, Failure>
            + Send
            + Sync
            + 'static,
    {
        Served::start_in(|home| home.to_owned(), script)
    }

    fn start_in<F>(place: impl Fn(&Path) -> PathBuf, script: F) -> Served
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
        let (end, ended) = channel::channel();
        let socket = runtime.block_on(async { ControlSocket::bind(&data).unwrap() });
        runtime.spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            socket.serve(Arc::new(Scripted(script)), stop).await;
            end.send(()).unwrap();
        });
        Served { runtime, home, data, stop: Some(stop), ended }
    }

    fn ask(&self, command: &Command) -> Result<Reply, Box<Fault>> {
        ask(&self.data, command)
    }
}

fn ask(data: &Path, command: &Command) -> Result<Reply, Box<Fault>> {
    Client::connect(data).unwrap().execute(command, &ASKER, &mut |_| {})
}

fn reply(data: serde_json::Value) -> Reply {
    Reply { schema: "dukou.test/1".into(), data, warnings: vec![], next: vec![], exit: 0 }
}

fn raw(served: &Served, bytes: &[u8]) -> serde_json::Value {
    let directory = File::open(&served.data).unwrap();
    let mut stream =
        std::os::unix::net::UnixStream::connect(line::socket_path(&directory)).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

#[test]
fn a_command_arrives_whole_and_its_answer_returns_whole() {
    let served = Served::start(|command, context, progress| {
        progress(Progress { done: 1, total: Some(2), what: "rows".into() });
        assert!(context.reveal && context.lang == Lang::En);
        let Command::Member(MemberCommand::Search { query, paging }) = command else {
            return Err(Code::Internal.into());
        };
        let data = json!({"query": query.reveal(), "limit": paging.limit, "uid": context.uid});
        Ok(reply(data).warning("w").next("n").exit(3))
    });
    let query = PersonalText::new("赵以刚".into());
    let paging = Paging { limit: 7, after: None };
    let command = Command::Member(MemberCommand::Search { query, paging });
    let mut steps = Vec::new();
    let client = Client::connect(&served.data).unwrap();
    let answer = client.execute(&command, &ASKER, &mut |step| steps.push(step)).unwrap();
    let uid = fs::metadata(&served.data).unwrap().uid();
    assert_eq!(answer.data, json!({"query": "赵以刚", "limit": 7, "uid": uid}));
    assert_eq!(
        (answer.exit, &*answer.warnings, &*answer.next),
        (3, &["w".into()][..], &["n".into()][..])
    );
    assert_eq!(steps, [Progress { done: 1, total: Some(2), what: "rows".into() }]);
}

#[test]
fn a_failure_arrives_told_with_its_exit_code() {
    let served = Served::start(|_, _, _| {
        let refusal = Refusal::about(Code::LetterState, "closed").allowing(&["reissue"]);
        Err(Failure { refusal, errors: vec![json!({"row": 17})] })
    });
    let command = Command::Letter(LetterCommand::Reissue { letter: "0123abcd".into() });
    let fault = served.ask(&command).err().unwrap();
    assert_eq!(fault.exit, 5);
    assert_eq!(fault.detail, "The letter's state does not allow this: closed.");
    assert_eq!((fault.allowed, fault.errors), (vec!["reissue".into()], vec![json!({"row": 17})]));
}

#[test]
fn a_data_directory_may_lie_deep() {
    let deep = |home: &Path| (0..6).fold(home.to_owned(), |path, _| path.join("渡口".repeat(8)));
    let served = Served::start_in(deep, |_, _, _| Ok(reply(json!("here"))));
    assert!(served.data.as_os_str().len() > 108);
    assert_eq!(served.ask(&Command::Status).unwrap().data, json!("here"));
}

#[test]
fn only_the_owner_may_open_the_socket_and_a_stale_one_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    for _ in 0..2 {
        // Dropped without `serve`, as a killed process would leave it.
        let socket = runtime.block_on(async { ControlSocket::bind(home.path()) });
        let mode = fs::metadata(home.path().join("control.sock")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(socket.unwrap());
    }
    assert!(Client::connect(home.path()).is_err());
}

#[test]
fn an_endless_or_wrong_line_is_refused_and_the_next_asker_is_served() {
    let served = Served::start(|_, _, _| Ok(reply(json!(1))));
    let endless = raw(&served, &vec![b'x'; 4 * REQUEST_BYTES_MAX]);
    assert_eq!(endless["fault"]["error"]["code"], "usage");
    let personal = br#"{"command":"11010519491231002X","lang":"en","reveal":false}"#;
    let wrong = raw(&served, &[personal, &b"\n"[..]].concat());
    assert_eq!(wrong["fault"]["exit"], 2);
    assert!(!wrong.to_string().contains("11010519491231002X"));
    assert_eq!(served.ask(&Command::Status).unwrap().data, json!(1));
}

#[test]
fn commands_run_side_by_side() {
    const ASKERS: usize = 8;
    // Every command waits until all have arrived: one after the other would never end.
    let meeting = Barrier::new(ASKERS);
    let served = Served::start(move |_, _, _| {
        meeting.wait();
        Ok(reply(json!(true)))
    });
    let data = &served.data;
    thread::scope(|scope| {
        for _ in 0..ASKERS {
            scope.spawn(|| assert_eq!(ask(data, &Command::Status).unwrap().data, json!(true)));
        }
    });
}

#[test]
fn a_panic_is_an_internal_fault_of_that_command_alone() {
    let served = Served::start(|command, _, _| match command {
        Command::Status => Ok(reply(json!(1))),
        _ => panic!("on purpose"),
    });
    let fault = served.ask(&Command::RehearsalNow { time: String::new() }).err().unwrap();
    assert_eq!((fault.code.as_str(), fault.exit), ("internal", 1));
    assert!(served.ask(&Command::Status).is_ok());
}

#[test]
fn a_stop_waits_for_the_running_command_and_drops_the_idle_asker() {
    let (begin, begun) = channel::channel();
    let (release, released) = channel::channel::<()>();
    let (begin, released) = (std::sync::Mutex::new(begin), std::sync::Mutex::new(released));
    let mut served = Served::start(move |_, _, _| {
        begin.lock().unwrap().send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        Ok(reply(json!("finished")))
    });
    let directory = File::open(&served.data).unwrap();
    let mut idle = std::os::unix::net::UnixStream::connect(line::socket_path(&directory)).unwrap();
    let client = Client::connect(&served.data).unwrap();
    let asking = thread::spawn(move || client.execute(&Command::Status, &ASKER, &mut |_| {}));
    begun.recv().unwrap();
    served.stop.take().unwrap().send(()).unwrap();
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "the idle connection ends first");
    assert!(served.ended.try_recv().is_err());
    release.send(()).unwrap();
    assert_eq!(asking.join().unwrap().unwrap().data, json!("finished"));
    served.ended.recv().unwrap();
    assert!(!served.home.path().join("control.sock").exists());
    served.runtime.shutdown_background();
}

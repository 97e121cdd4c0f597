//! Round trips over a real socket with a scripted executor.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Barrier, mpsc as channel};
use std::thread;

use serde_json::json;
use tokio::runtime::Runtime;

use super::scripted::{Served, reply, scripted, scripted_in};
use super::*;
use crate::control::client::Client;
use crate::control::command::{Command, LetterCommand, MemberCommand, Paging, PersonalText};

const ASKER: Context = Context { lang: Lang::En, reveal: true, uid: 0 };

fn ask(data: &Path, command: &Command) -> Result<Reply, Box<Fault>> {
    Client::connect(data).unwrap().execute(command, &ASKER, &mut |_| {})
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
    let served = scripted(|command, context, progress| {
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
    let served = scripted(|_, _, _| {
        let refusal = Refusal::about(Code::LetterState, "closed").allowing(&["reissue"]);
        Err(Failure { refusal, errors: vec![json!({"row": 17})], class: None })
    });
    let command = Command::Letter(LetterCommand::Reissue { letter: "0123abcd".into() });
    let fault = ask(&served.data, &command).err().unwrap();
    assert_eq!(fault.exit, 5);
    assert_eq!(fault.detail, "The letter's state does not allow this: closed.");
    assert_eq!((fault.allowed, fault.errors), (vec!["reissue".into()], vec![json!({"row": 17})]));
}

#[test]
fn a_data_directory_may_lie_deep() {
    let deep = |home: &Path| (0..6).fold(home.to_owned(), |path, _| path.join("渡口".repeat(8)));
    let served = scripted_in(deep, |_, _, _| Ok(reply(json!("here"))));
    assert!(served.data.as_os_str().len() > 108);
    assert_eq!(ask(&served.data, &Command::Status).unwrap().data, json!("here"));
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
    let served = scripted(|_, _, _| Ok(reply(json!(1))));
    let endless = raw(&served, &vec![b'x'; 4 * REQUEST_BYTES_MAX]);
    assert_eq!(endless["fault"]["error"]["code"], "usage");
    let personal = br#"{"command":"11010519491231002X","lang":"en","reveal":false}"#;
    let wrong = raw(&served, &[personal, &b"\n"[..]].concat());
    assert_eq!(wrong["fault"]["exit"], 2);
    assert!(!wrong.to_string().contains("11010519491231002X"));
    assert_eq!(ask(&served.data, &Command::Status).unwrap().data, json!(1));
}

#[test]
fn commands_run_side_by_side() {
    const ASKERS: usize = 8;
    // Every command waits until all have arrived: one after the other would never end.
    let meeting = Barrier::new(ASKERS);
    let served = scripted(move |_, _, _| {
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
    let served = scripted(|command, _, _| match command {
        Command::Status => Ok(reply(json!(1))),
        _ => panic!("on purpose"),
    });
    let fault = ask(&served.data, &Command::RehearsalNow { time: String::new() }).err().unwrap();
    assert_eq!((fault.code.as_str(), fault.exit), ("internal", 1));
    assert!(ask(&served.data, &Command::Status).is_ok());
}

#[test]
fn a_stop_waits_for_the_running_command_and_drops_the_idle_asker() {
    let (begin, begun) = channel::sync_channel(1);
    let (release, released) = channel::sync_channel::<()>(1);
    let (begin, released) = (std::sync::Mutex::new(begin), std::sync::Mutex::new(released));
    let mut served = scripted(move |_, _, _| {
        begin.lock().unwrap().send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        Ok(reply(json!("finished")))
    });
    let directory = File::open(&served.data).unwrap();
    let mut idle = std::os::unix::net::UnixStream::connect(line::socket_path(&directory)).unwrap();
    let client = Client::connect(&served.data).unwrap();
    let asking = thread::spawn(move || client.execute(&Command::Status, &ASKER, &mut |_| {}));
    begun.recv().unwrap();
    served.stop();
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "the idle connection ends first");
    assert!(!served.has_ended());
    release.send(()).unwrap();
    assert_eq!(asking.join().unwrap().unwrap().data, json!("finished"));
    served.wait();
    assert!(!served.data.join("control.sock").exists());
}

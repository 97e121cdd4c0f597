//! A node that was set back to an older state, and is told so by its own signature.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use protocol::refusal::Code;
use serde_json::Value;

use super::evil::Evil;
use super::stage::Stage;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else if kind.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

#[test]
fn a_node_that_is_shown_its_own_later_signature_stops_signing() {
    let mut evil = Evil::of(Arc::new(Stage::own()));
    let aside = evil.stage.scratch.path("aside");
    evil.hang_up();
    let restart = |evil: &mut Evil, between: &dyn Fn(&Path)| {
        let stage = Arc::get_mut(&mut evil.stage).unwrap();
        stage.region.stop();
        between(&stage.region.data);
        stage.region.start();
    };
    restart(&mut evil, &|data| copy(data, &aside));
    let case = evil.issued();
    evil.hang_up();
    restart(&mut evil, &|data| {
        fs::remove_dir_all(data).unwrap();
        copy(&aside, data);
    });
    assert_eq!(evil.stage.mode(), "normal", "nobody has said anything yet");
    let hello = protocol::exchange::frame::Frame::Hello(Box::new(evil.hello())).to_bytes();
    evil.open_with(&hello);
    assert_eq!(evil.closed(), Code::NodeRecovering);
    assert_eq!(evil.stage.mode(), "recovering");
    assert_eq!(evil.state_of(&case), None);

    // It signs nothing more, for anybody.
    let region = &evil.stage.region;
    let (member, to) = (region.fresh_member(), evil.org().to_string());
    let issue = ["letter", "issue", "--member", &member, "--to", &to];
    let refused: Value = region.run(&issue).expect_refused("node.recovering", 5);
    assert!(refused["fix"].is_string());
    let letters = region.list(&["letter", "list"]);
    assert!(letters.is_empty(), "{letters:?}");
}

/// What a peer proved must not be forgotten by starting again: a clerk could sign before the next
/// session.
#[test]
fn a_recovering_node_still_recovers_after_a_restart() {
    let mut evil = Evil::of(Arc::new(Stage::own()));
    let aside = evil.stage.scratch.path("aside");
    evil.hang_up();
    let restarted = |evil: &mut Evil, between: &dyn Fn(&Path)| {
        let stage = Arc::get_mut(&mut evil.stage).unwrap();
        stage.region.stop();
        between(&stage.region.data);
        stage.region.start();
    };
    restarted(&mut evil, &|data| copy(data, &aside));
    evil.issued();
    evil.hang_up();
    restarted(&mut evil, &|data| {
        fs::remove_dir_all(data).unwrap();
        copy(&aside, data);
    });
    evil.open_with(&protocol::exchange::frame::Frame::Hello(Box::new(evil.hello())).to_bytes());
    assert_eq!(evil.closed(), Code::NodeRecovering);
    restarted(&mut evil, &|_| {});
    assert_eq!(evil.stage.mode(), "recovering");
}

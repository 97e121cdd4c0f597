//! Reading through the writer's connection for a decision that is soon made.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tempfile::TempDir;

use super::super::Store;
use super::{batch, has_org, options, org};

fn orgs(store: &Store) -> (bool, bool) {
    (has_org(store, 1), has_org(store, 2))
}

#[test]
fn it_sees_the_last_commit_and_nothing_of_the_next() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(&dir.path().join("dukou.db"), options()).unwrap();
    store.commit(batch([org(1)])).unwrap();
    let seen = std::thread::scope(|scope| {
        let (inside, entered) = std::sync::mpsc::sync_channel(1);
        let writing = &store;
        let next = scope.spawn(move || {
            entered.recv().unwrap();
            writing.commit(batch([org(2)])).unwrap();
        });
        let seen = store.read_briefly(|snapshot| {
            inside.send(()).unwrap();
            // A second one has the connection of a reader meanwhile.
            let second = store.read_briefly(|snapshot| Ok(snapshot.orgs(None, 9)?.len()))?;
            Ok((snapshot.orgs(None, 9)?.len(), second))
        });
        next.join().unwrap();
        seen.unwrap()
    });
    assert_eq!(seen, (1, 1));
    assert_eq!(orgs(&store), (true, true), "who came to commit had its turn");
}

#[test]
fn a_question_that_panics_leaves_the_writer_to_others() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(&dir.path().join("dukou.db"), options()).unwrap();
    let asked = catch_unwind(AssertUnwindSafe(|| {
        store.read_briefly::<()>(|snapshot| {
            snapshot.orgs(None, 9)?;
            panic!("a question failed");
        })
    }));
    assert!(asked.is_err());
    store.commit(batch([org(1)])).unwrap();
    assert_eq!(orgs(&store), (true, false));
}

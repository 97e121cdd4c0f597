//! What befalls a node at the boundaries of its commits: it dies there, or somebody else is faster.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

use dukou::store::{Boundary, Store};

/// Ends the node's use case, as a power cut would.
struct PowerCut;

/// What is planned for the next use case of a node.
#[derive(Default)]
pub enum Plan {
    #[default]
    Nothing,
    /// The power goes at the nth boundary from now, counted from 0: even ones are before a commit.
    Cut(u32),
    /// Somebody commits between the first decision and its commit.
    Rival(Box<dyn FnOnce() + Send>),
}

/// How a use case ended.
pub enum Ended<T> {
    Whole(T),
    /// The power went before or after a commit.
    Cut {
        before: bool,
    },
}

/// Counts of one use case.
#[derive(Clone, Copy, Default)]
pub struct Told {
    pub commits: u32,
    pub stale: u32,
    pub rivals: u32,
}

#[derive(Default)]
struct State {
    plan: Plan,
    boundaries: u32,
    told: Told,
    cut_before: bool,
}

/// The watcher of one life of a node.
#[derive(Clone, Default)]
pub struct Commits(Arc<Mutex<State>>);

impl Commits {
    pub fn watch(store: &Store) -> Commits {
        let commits = Commits::default();
        let watching = commits.clone();
        store.watch_commits(move |boundary| watching.reached(boundary));
        commits
    }

    /// Runs `body`, a use case of the office whose store is watched, with `plan`.
    pub fn run<T>(&self, plan: Plan, body: impl FnOnce() -> T) -> (Ended<T>, Told) {
        *self.0.lock().unwrap() = State { plan, ..State::default() };
        let ended = catch_unwind(AssertUnwindSafe(body));
        let state = std::mem::take(&mut *self.0.lock().unwrap());
        let ended = match ended {
            Ok(value) => Ended::Whole(value),
            Err(cause) if is_cut(&*cause) => Ended::Cut { before: state.cut_before },
            Err(cause) => resume_unwind(cause),
        };
        (ended, state.told)
    }

    fn reached(&self, boundary: Boundary) {
        let mut state = self.0.lock().unwrap();
        match boundary {
            Boundary::After { committed: true } => state.told.commits += 1,
            Boundary::After { committed: false } => state.told.stale += 1,
            Boundary::Before => {}
        }
        match std::mem::take(&mut state.plan) {
            Plan::Cut(place) if place == state.boundaries => {
                state.cut_before = boundary == Boundary::Before;
                drop(state);
                resume_unwind(Box::new(PowerCut));
            }
            Plan::Rival(act) => {
                state.told.rivals += 1;
                drop(state);
                act();
                return;
            }
            plan => state.plan = plan,
        }
        state.boundaries += 1;
    }
}

fn is_cut(cause: &(dyn Any + Send)) -> bool {
    cause.is::<PowerCut>()
}

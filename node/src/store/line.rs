//! The line before the one writer: who finds it idle commits at once, in its own thread.
//!
//! Who comes while a commit is under way waits, and all who wait are committed together in the next
//! one, by the first of them. So a lone decision costs no change of threads, and the more decisions
//! come at once, the fewer syncs they cost. What a commit is, [`super::writer`] knows.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::writer::Writer;
use super::{Batch, CommitFault, Committed, Snapshot, StoreFault};

/// Most batches of one transaction; bounds the time until the first of them is durable.
const GROUP_BATCHES_MAX: usize = 512;

/// Everybody who wants to write, in the order in which they came.
pub(super) struct Line {
    state: Mutex<State>,
    idle: Condvar,
}

struct State {
    waiting: VecDeque<Waiting>,
    /// None while somebody commits.
    writer: Option<Writer>,
    closed: bool,
    /// The writer is gone for good.
    ended: bool,
}

struct Waiting {
    batch: Batch,
    place: Arc<Place>,
}

/// Where somebody waits for its turn, or for the outcome.
#[derive(Default)]
struct Place {
    told: Mutex<Option<Told>>,
    bell: Condvar,
}

enum Told {
    /// It is your turn to commit for all who wait.
    Lead(Writer),
    /// Somebody did it for you.
    Done(Result<Committed, CommitFault>),
}

impl Place {
    fn tell(&self, told: Told) {
        *lock(&self.told) = Some(told);
        self.bell.notify_one();
    }

    fn wait(&self) -> Told {
        let mut told = lock(&self.told);
        loop {
            match told.take() {
                Some(told) => return told,
                None => told = self.bell.wait(told).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Line {
    /// A line before `writer`.
    pub(super) fn new(writer: Writer) -> Line {
        let state =
            State { waiting: VecDeque::new(), writer: Some(writer), closed: false, ended: false };
        Line { state: Mutex::new(state), idle: Condvar::new() }
    }

    /// Commits `batch`, alone or with others; blocks until the disk has it.
    pub(super) fn commit(&self, batch: Batch) -> Result<Committed, CommitFault> {
        let place = Arc::new(Place::default());
        let idle = {
            let mut state = lock(&self.state);
            if state.closed {
                return Err(StoreFault::Closed.into());
            }
            state.waiting.push_back(Waiting { batch, place: Arc::clone(&place) });
            state.writer.take()
        };
        let writer = match idle {
            Some(writer) => writer,
            None => match place.wait() {
                Told::Done(outcome) => return outcome,
                Told::Lead(writer) => writer,
            },
        };
        self.lead(writer)
    }

    /// Lends the writer to somebody who only reads, if it is idle. Whoever comes to commit
    /// meanwhile waits, so it must be given back soon.
    pub(super) fn lend(&self) -> Option<Lent<'_>> {
        let mut state = lock(&self.state);
        let writer = if state.closed { None } else { state.writer.take() };
        writer.map(|writer| Lent { line: self, writer: Some(writer) })
    }

    /// Commits for the first of those who wait, which are the caller and who came behind it, and
    /// gives the writer on.
    fn lead(&self, mut writer: Writer) -> Result<Committed, CommitFault> {
        let group: Vec<Waiting> = {
            let mut state = lock(&self.state);
            let count = state.waiting.len().min(GROUP_BATCHES_MAX);
            state.waiting.drain(..count).collect()
        };
        let (batches, places): (Vec<_>, Vec<_>) =
            group.into_iter().map(|one| (one.batch, one.place)).unzip();
        let mut outcomes = writer.commit(batches).into_iter();
        self.give_on(writer);
        let own = outcomes.next().unwrap_or(Err(StoreFault::Closed.into()));
        for (place, outcome) in places.iter().skip(1).zip(outcomes) {
            place.tell(Told::Done(outcome));
        }
        own
    }

    fn give_on(&self, writer: Writer) {
        let mut state = lock(&self.state);
        match state.waiting.front() {
            Some(next) => next.place.tell(Told::Lead(writer)),
            None => {
                state.writer = Some(writer);
                self.idle.notify_all();
            }
        }
    }

    /// Takes no more batches, and ends the writer once those that wait are committed.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        while state.writer.is_none() && !state.ended {
            state = self.idle.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (state.writer, state.ended) = (None, true);
        self.idle.notify_all();
    }
}

/// The writer, in the hands of a reader; given on when it is dropped.
pub(super) struct Lent<'a> {
    line: &'a Line,
    writer: Option<Writer>,
}

impl Lent<'_> {
    /// Reads from the state that the last commit left.
    pub(super) fn read<T>(
        &self,
        body: impl FnOnce(&Snapshot<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let writer = self.writer.as_ref().ok_or(StoreFault::Closed)?;
        writer.snapshot().read(body)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            self.line.give_on(writer);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

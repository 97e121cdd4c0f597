//! What commands have answered, and so must hold for ever.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The answers that were given.
#[derive(Debug, Default)]
pub struct Ledger {
    signed: Mutex<BTreeSet<Signed>>,
    batch: Mutex<Option<String>>,
}

/// A statement that an answer said was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signed {
    /// In which letter.
    pub letter: String,
    /// `accept`, `refusal` or `void`.
    pub kind: &'static str,
}

impl Ledger {
    /// A command answered that this statement of that letter was made.
    pub fn signed(&self, letter: &str, kind: &'static str) {
        let signed = Signed { letter: letter.to_owned(), kind };
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).insert(signed);
    }

    /// `batch issue` answered that this batch was issued whole.
    pub fn issued(&self, batch: &str) {
        *self.batch.lock().unwrap_or_else(PoisonError::into_inner) = Some(batch.to_owned());
    }

    /// Every statement of which an answer told.
    pub fn all_signed(&self) -> BTreeSet<Signed> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The batch of which an answer told.
    pub fn batch(&self) -> Option<String> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

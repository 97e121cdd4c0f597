//! A wrapper for what must never reach a log, an error text or a panic message.

use std::fmt;

use zeroize::Zeroize;

use crate::codec::{Decode, Encode};

/// Personal data or a secret. It prints as `***`, cannot be serialised by accident, and is wiped
/// when dropped. Call [`Private::reveal`] where the value is truly needed.
#[derive(Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Private<T: Zeroize>(T);

impl<T: Zeroize> Private<T> {
    /// Wraps `value`.
    pub fn new(value: T) -> Self {
        Private(value)
    }

    /// The value itself, on purpose.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize> Drop for Private<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl From<&str> for Private<String> {
    fn from(text: &str) -> Self {
        Private(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_value_prints_as_stars() {
        let name: Private<String> = "赵以刚".into();
        assert_eq!(format!("{name:?} {:?}", Some(&name)), "*** Some(***)");
    }
}

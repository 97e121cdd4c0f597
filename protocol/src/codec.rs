//! The byte form of everything: the only file that names bincode.
//!
//! Bytes are bounded, exact (nothing may follow the value) and canonical (a value that would encode
//! differently is refused), because everything hashed or signed is the received bytes. It
//! deliberately does not offer a lenient reader.

pub use bincode::{Decode, Encode};

use bincode::config::{Configuration, Limit, LittleEndian, Varint};

use crate::limits::FRAME_BYTES_MAX;

const BOUNDED: Configuration<LittleEndian, Varint, Limit<FRAME_BYTES_MAX>> =
    bincode::config::standard().with_limit::<FRAME_BYTES_MAX>();

/// Makes a newtype readable whose inner value must pass a check: `check` turns the inner value
/// into the outer one, or refuses it with `None`.
///
/// With `encode_as`, it is also written as that inner value.
macro_rules! decode_checked {
    (encode_as $encoded:expr, $type:ty, $inner:ty, $check:expr) => {
        impl bincode::Encode for $type {
            fn encode<E: bincode::enc::Encoder>(
                &self,
                encoder: &mut E,
            ) -> Result<(), bincode::error::EncodeError> {
                let encoded: fn(&$type) -> &_ = $encoded;
                encoded(self).encode(encoder)
            }
        }
        decode_checked!($type, $inner, $check);
    };

    ($type:ty, $inner:ty, $check:expr) => {
        impl<C> bincode::Decode<C> for $type {
            fn decode<D: bincode::de::Decoder<Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, bincode::error::DecodeError> {
                let inner = <$inner as bincode::Decode<C>>::decode(decoder)?;
                let check: fn($inner) -> Option<$type> = $check;
                check(inner).ok_or(bincode::error::DecodeError::Other("out of range"))
            }
        }

        impl<'de, C> bincode::BorrowDecode<'de, C> for $type {
            fn borrow_decode<D: bincode::de::BorrowDecoder<'de, Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, bincode::error::DecodeError> {
                <$type as bincode::Decode<C>>::decode(decoder)
            }
        }
    };
}
pub(crate) use decode_checked;

/// The bytes are not the one encoding of any value of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Cut short, over a bound, or with an unknown variant.
    Unreadable,
    /// Bytes follow the value.
    Trailing,
    /// The value has another, shorter encoding.
    NotCanonical,
}

/// The bytes of `value`.
pub fn encode<T: Encode>(value: &T) -> Vec<u8> {
    bincode::encode_to_vec(value, bincode::config::standard())
        .expect("writing to memory cannot fail, and no type refuses to be encoded")
}

/// Reads exactly one `T` from `bytes`, in its one encoding.
pub fn decode<T: Encode + Decode<()>>(bytes: &[u8]) -> Result<T, Malformed> {
    let (value, read) =
        bincode::decode_from_slice::<T, _>(bytes, BOUNDED).map_err(|_| Malformed::Unreadable)?;
    if read != bytes.len() {
        return Err(Malformed::Trailing);
    }
    let mut check = Comparison { expected: bytes };
    match bincode::encode_into_writer(&value, &mut check, bincode::config::standard()) {
        Ok(()) if check.expected.is_empty() => Ok(value),
        _ => Err(Malformed::NotCanonical),
    }
}

/// Compares instead of storing, so that the canonical check allocates nothing.
struct Comparison<'a> {
    expected: &'a [u8],
}

impl bincode::enc::write::Writer for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), bincode::error::EncodeError> {
        match self.expected.split_at_checked(bytes.len()) {
            Some((head, tail)) if head == bytes => {
                self.expected = tail;
                Ok(())
            }
            _ => Err(bincode::error::EncodeError::Other("differs")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_encoding_is_read() {
        assert_eq!(decode::<u64>(&[5]), Ok(5));
        assert_eq!(decode::<u64>(&[251, 5, 0]), Err(Malformed::NotCanonical));
        assert_eq!(decode::<u64>(&[5, 0]), Err(Malformed::Trailing));
        assert_eq!(decode::<u64>(&[251, 5]), Err(Malformed::Unreadable));
    }

    #[test]
    fn a_forged_length_allocates_nothing() {
        let forged = [253, 0, 0, 0, 0, 0, 0, 0, 128];
        assert_eq!(decode::<Vec<u8>>(&forged), Err(Malformed::Unreadable));
        assert_eq!(decode::<Vec<Vec<u64>>>(&forged), Err(Malformed::Unreadable));
    }
}

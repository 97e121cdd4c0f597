//! Base45 (RFC 9285): bytes in the alphabet that a QR code packs best.
//!
//! Two bytes become three characters, a last single byte two. Every byte string has one spelling,
//! and only that is read. What the bytes are is not asked here.

/// The characters of QR's alphanumeric mode, by value.
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The bytes as text.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for chunk in bytes.chunks(2) {
        let number = chunk.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
        let digits = [number % 45, number / 45 % 45, number / (45 * 45)];
        text.extend(digits[..chunk.len() + 1].iter().map(|digit| char::from(ALPHABET[*digit])));
    }
    text
}

/// The bytes that [`encode`] turns into exactly this text, if there are any.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for chunk in text.as_bytes().chunks(3) {
        let mut number = 0;
        for character in chunk.iter().rev() {
            number = number * 45 + ALPHABET.iter().position(|one| one == character)?;
        }
        match chunk.len() {
            3 => bytes.extend(u16::try_from(number).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(number).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// the worked examples of RFC 9285.
    #[test]
    fn the_examples_of_the_standard() {
        for (bytes, text) in [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("ietf!", "QED8WEX0"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!((encode(&[]), decode("")), (String::new(), Some(Vec::new())));
    }

    #[test]
    fn what_no_bytes_give_is_refused() {
        for text in ["GGW", ":::", "::", "6B", "A", "BB8A", "bb8", "B8\n", "ÄÖÜ"] {
            let read = decode(text);
            assert!(read.is_none_or(|bytes| encode(&bytes) == text), "{text}");
        }
        assert_eq!((decode("GGW"), decode("::"), decode("A")), (None, None, None));
        assert_eq!(decode("FGW"), Some(vec![0xff, 0xff]), "the largest there is");
    }

    #[test]
    fn no_text_ends_in_a_blank() {
        let last = |bytes: &[u8]| encode(bytes).bytes().last();
        assert!((0..=255).all(|byte| last(&[byte]) != Some(b' ')));
        assert!((0..=u16::MAX).all(|two| last(&two.to_be_bytes()) != Some(b' ')));
    }
}

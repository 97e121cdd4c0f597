//! What is compared: positions, and the short form in which they go into a sketch.

use std::fmt;

use siphasher::sip128::SipHasher24;

/// Bytes of the secret from which the two keys of a pair's sketches are made.
pub const KEY_BYTES: usize = 32;

/// What a position is about, the same at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionKey {
    /// Which kind of thing; the numbers belong to those who derive positions.
    pub kind: u8,
    /// Which thing, by a hash that both sides know it by.
    pub id: [u8; 32],
}

impl PositionKey {
    /// How the position is found again from a decoded difference.
    pub fn locator(&self) -> Locator {
        let [a, b, c, d, e, f, ..] = self.id;
        Locator([a, b, c, d, e, f])
    }
}

/// The first bytes of a [`PositionKey::id`]: a range of ids, nearly always of one or none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator(pub [u8; Locator::BYTES]);

impl Locator {
    /// Its length.
    pub const BYTES: usize = 6;
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One position in the form that is summed: its locator, and forty bits of a keyed hash of its key
/// and its value. It changes with the value, so a changed position is one item gone and one come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item(u128);

impl Item {
    /// Bits of an item.
    pub(super) const BITS: u32 = 88;
    const DIGEST_BITS: u32 = 40;

    /// Where the position is found.
    pub fn locator(self) -> Locator {
        let [_, _, _, _, _, a, b, c, d, e, f, ..] = self.0.to_le_bytes();
        Locator([f, e, d, c, b, a])
    }

    pub(super) fn bits(self) -> u128 {
        self.0
    }

    pub(super) fn from_bits(bits: u128) -> Item {
        Item(bits & ((1 << Item::BITS) - 1))
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({:?}…)", self.locator())
    }
}

/// The keys of one pair's sketches. Who does not hold them can neither read a sketch nor choose
/// letters that collide in it.
#[derive(Clone, Copy)]
pub struct SketchKeys {
    digest: SipHasher24,
    spread: SipHasher24,
}

impl SketchKeys {
    /// The keys from a secret of the pair that serves nothing else.
    pub fn new(secret: &[u8; KEY_BYTES]) -> SketchKeys {
        let half = |from: usize| {
            let key = secret[from..].first_chunk().expect("two halves of sixteen bytes");
            SipHasher24::new_with_key(key)
        };
        SketchKeys { digest: half(0), spread: half(KEY_BYTES / 2) }
    }

    /// The item of a position.
    pub fn item(&self, key: &PositionKey, value: &[u8]) -> Item {
        let mut bytes = Vec::with_capacity(33 + value.len());
        bytes.push(key.kind);
        bytes.extend_from_slice(&key.id);
        bytes.extend_from_slice(value);
        let digest = u128::from(self.digest.hash(&bytes)) & ((1 << Item::DIGEST_BITS) - 1);
        let Locator([a, b, c, d, e, f]) = key.locator();
        let place = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        Item(u128::from(place) << Item::DIGEST_BITS | digest)
    }

    /// The hash that spreads an item over the symbols, checks it, and goes into the fingerprint.
    pub(super) fn spread(&self, item: Item) -> u128 {
        let bytes = item.0.to_le_bytes();
        self.spread.hash(&bytes[..Item::BITS as usize / 8]).into()
    }
}

impl fmt::Debug for SketchKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SketchKeys(***)")
    }
}

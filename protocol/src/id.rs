//! Identifiers: of nodes, regions, organisations, members, letters, stays, statements and
//! entries.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;
use sha2::{Digest, Sha256};

use crate::codec::{Decode, Encode, decode_checked};

/// The text is not an identifier of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Wraps the bytes.
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                $name(bytes)
            }

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = NotAnId;

            fn try_from(bytes: &[u8]) -> Result<Self, NotAnId> {
                bytes.try_into().map($name).map_err(|_| NotAnId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER_PERMISSIVE.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| NotAnId)?;
                Self::try_from(bytes.as_slice())
            }
        }
    };
}

bytes_id!(
    /// The identity of a node: its Ed25519 identity public key, which certifies the other keys.
    NodeId, 32
);
bytes_id!(
    /// A person on a roster, as the federation knows them: random to everybody but the node that
    /// minted it, and the only thing about a person that every statement carries.
    MemberRef, 16
);
bytes_id!(
    /// SHA-256 of a statement's bytes: header and seal excluded, so that the same statement keeps
    /// its hash in every entry that carries it.
    StatementHash, 32
);
bytes_id!(
    /// The Merkle leaf over an entry's header and statement.
    EntryHash, 32
);
bytes_id!(
    /// Names a signing key inside an entry: the first 16 bytes of SHA-256 of the public key.
    KeyId, 16
);
bytes_id!(
    /// One approval over many letters (整建制转接).
    BatchId, 16
);
bytes_id!(
    /// The random part of a [`MemberRef`], disclosed by the Offer of generation 0.
    MintNonce, 16
);

impl NodeId {
    /// Six groups of five decimal digits that two people compare over the phone: the first 96
    /// bits of SHA-256 of the identity key, 16 bits a group, so that every group is 00000–65535.
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.0);
        let group = |i: usize| u16::from_be_bytes([hash[2 * i], hash[2 * i + 1]]);
        (0..6).map(|i| format!("{:05}", group(i))).collect::<Vec<_>>().join(" ")
    }
}

impl MemberRef {
    /// The reference that `minter` gives to the person with this nonce.
    pub fn mint(minter: &NodeId, nonce: &MintNonce) -> MemberRef {
        let mut hash = Sha256::new();
        hash.update(minter.as_bytes());
        hash.update(nonce.as_bytes());
        let digest = hash.finalize();
        MemberRef::try_from(&digest[..16]).expect("sixteen of thirty-two bytes")
    }
}

macro_rules! case_id {
    ($(#[$doc:meta])* $name:ident, $of:ident, $opening:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(StatementHash);

        impl $name {
            /// The case that this statement opens.
            pub const fn $of(opening: StatementHash) -> $name {
                $name(opening)
            }

            /// The hash of the statement that opened it.
            pub const fn $opening(&self) -> StatementHash {
                self.0
            }

            /// The bytes of the hash.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse().map($name)
            }
        }
    };
}

case_id!(
    /// The identity of a letter: the hash of its Offer.
    LetterId, of_offer, offer
);
case_id!(
    /// The identity of a stay: the hash of the StayNotice or ReportIn that opened it.
    StayId, of_opening, opening
);
case_id!(
    /// The identity of a residence: the hash of its ResidenceIntroduction.
    ResidenceId, of_opening, opening
);

/// How many hand-overs a membership has behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct Generation(pub u32);

impl Generation {
    /// The generation after one more hand-over.
    pub fn next(self) -> Generation {
        Generation(self.0.saturating_add(1))
    }
}

/// Which life of a node's feed an entry belongs to: a counter that orders, then random bits that
/// tell two restored copies apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Incarnation {
    /// Grows by one with every restart of the feed after a loss.
    pub counter: u32,
    /// Random.
    pub random: u32,
}

/// The six-digit code of a region, by GB/T 2260.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct RegionCode(u32);

impl RegionCode {
    /// The region with this number, 100000 to 999999.
    pub fn new(number: u32) -> Option<RegionCode> {
        (100_000..=999_999).contains(&number).then_some(RegionCode(number))
    }

    /// The code as a number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for RegionCode {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let number = digits(text, 6..=6).ok_or(NotAnId)?;
        RegionCode::new(number).ok_or(NotAnId)
    }
}

decode_checked!(RegionCode, u32, RegionCode::new);

/// The code of an organisation: its region, and a number inside the region, `610922-0007`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct OrgCode {
    /// The region whose node keeps this organisation.
    pub region: RegionCode,
    /// Its number there, 0 to 999999.
    pub number: OrgNumber,
}

/// The number of an organisation inside its region, 0 to 999999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct OrgNumber(u32);

impl OrgNumber {
    /// The number, if it is inside the range.
    pub fn new(number: u32) -> Option<OrgNumber> {
        (number <= 999_999).then_some(OrgNumber(number))
    }

    /// The number itself.
    pub fn value(self) -> u32 {
        self.0
    }
}

decode_checked!(OrgNumber, u32, OrgNumber::new);

impl OrgCode {
    /// The organisation with that number in `region`.
    pub fn new(region: RegionCode, number: u32) -> Option<OrgCode> {
        OrgNumber::new(number).map(|number| OrgCode { region, number })
    }
}

impl fmt::Display for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.region, self.number.value())
    }
}

impl FromStr for OrgCode {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (region, number) = text.split_once('-').ok_or(NotAnId)?;
        let code = OrgCode::new(region.parse()?, digits(number, 4..=6).ok_or(NotAnId)?);
        code.filter(|code| code.to_string() == text).ok_or(NotAnId)
    }
}

/// The number printed on a letter: region, year, running number and a GB/T 17710 check digit,
/// `610922-2026-00418-C`. Set by the issuer, unique there, with gaps allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Serial {
    /// The issuing region.
    pub region: RegionCode,
    /// The year of issue in Asia/Shanghai.
    pub year: u16,
    /// The running number in that year, from 1.
    pub number: u32,
}

impl Serial {
    /// Whether it can be printed and read again: a year of four digits, a number of one to nine
    /// digits from 1.
    pub fn is_well_formed(&self) -> bool {
        (1000..=9999).contains(&self.year) && (1..=999_999_999).contains(&self.number)
    }

    fn body(&self) -> String {
        format!("{}-{:04}-{:05}", self.region, self.year, self.number)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body();
        write!(f, "{body}-{}", mod_11_10(&body))
    }
}

impl FromStr for Serial {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut parts = text.split('-');
        let mut part = |range| parts.next().and_then(|p| digits(p, range)).ok_or(NotAnId);
        let region = RegionCode::new(part(6..=6)?).ok_or(NotAnId)?;
        let year = u16::try_from(part(4..=4)?).map_err(|_| NotAnId)?;
        let serial = Serial { region, year, number: part(5..=9)? };
        let exact = serial.is_well_formed() && serial.to_string() == text;
        exact.then_some(serial).ok_or(NotAnId)
    }
}

/// The check digit of GB/T 17710 (ISO 7064) MOD 11,10 over the digits of `text`.
fn mod_11_10(text: &str) -> u32 {
    let product = text.chars().filter_map(|c| c.to_digit(10)).fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

fn digits(text: &str, len: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = len.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_has_a_check_digit() {
        let region = RegionCode::new(610_922).unwrap();
        let serial = Serial { region, year: 2026, number: 418 };
        let text = serial.to_string();
        assert_eq!(text.parse(), Ok(serial));
        for (place, original) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for digit in ('0'..='9').filter(|digit| *digit != original) {
                let mut wrong = text.clone();
                wrong.replace_range(place..=place, &digit.to_string());
                assert_eq!(wrong.parse::<Serial>(), Err(NotAnId), "{wrong}");
            }
        }
    }

    #[test]
    fn the_check_digit_is_that_of_the_standard() {
        // The worked example of ISO 7064 for MOD 11,10.
        assert_eq!(mod_11_10("0794"), 5);
    }

    #[test]
    fn organisation_codes_have_one_spelling() {
        let code: OrgCode = "610922-0007".parse().unwrap();
        assert_eq!(code.to_string(), "610922-0007");
        for text in ["610922-7", "610922-00007", "610922", "61092-0007", "610922-000７", "-0007"] {
            assert_eq!(text.parse::<OrgCode>(), Err(NotAnId), "{text}");
        }
        assert!("610922-123456".parse::<OrgCode>().is_ok());
    }

    #[test]
    fn a_fingerprint_is_six_groups_of_five_digits() {
        let print = NodeId::from_bytes([7; 32]).fingerprint();
        let groups: Vec<&str> = print.split(' ').collect();
        assert_eq!(groups.len(), 6);
        assert!(groups.iter().all(|g| g.len() == 5 && g.bytes().all(|b| b.is_ascii_digit())));
    }
}

//! A member as a roster and a letter describe them.

use std::fmt;
use std::str::FromStr;

use crate::codec::{Decode, Encode};
use crate::limits::{NAME_CHARS_MAX, PHONE_CHARS_MAX, TEXT_CHARS_MAX};
use crate::private::Private;
use crate::time::Day;

/// Whether the membership is full or on probation (正式党员, 预备党员).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Standing {
    /// 正式党员.
    Full,
    /// 预备党员.
    Probationary,
}

impl Standing {
    /// The name used in `--json` and in files: `full` or `probationary`.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Full => "full",
            Standing::Probationary => "probationary",
        }
    }
}

/// As printed on the paper letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Sex {
    /// 女.
    Female,
    /// 男.
    Male,
}

/// A citizen's identity number (公民身份号码) whose GB 11643 check character is right.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(Private<String>);

/// Why a text is not an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdNumberFault {
    /// Not seventeen digits and a digit or X.
    Shape,
    /// Digits 7 to 14 are not a day from 1900 on.
    BirthDate,
    /// The last character should be `expected`.
    Checksum {
        /// The character that GB 11643 gives for the first seventeen digits.
        expected: char,
    },
}

impl IdNumber {
    /// Reads eighteen characters strictly: no blanks, no full-width digits; a final `x` counts as
    /// `X`. Nothing is ever repaired.
    pub fn parse(text: &str) -> Result<IdNumber, IdNumberFault> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 18
            && bytes[..17].iter().all(u8::is_ascii_digit)
            && (bytes[17].is_ascii_digit() || matches!(bytes[17], b'X' | b'x'));
        if !shape || bytes[0] == b'0' {
            return Err(IdNumberFault::Shape);
        }
        if birth_date(text).is_none() {
            return Err(IdNumberFault::BirthDate);
        }
        let expected = check_character(&bytes[..17]);
        if bytes[17].to_ascii_uppercase() != expected {
            return Err(IdNumberFault::Checksum { expected: char::from(expected) });
        }
        Ok(IdNumber(Private::new(text.to_ascii_uppercase())))
    }

    /// The eighteen characters, on purpose.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// As shown to people by default: region and last character, the rest starred.
    pub fn masked(&self) -> String {
        let text = self.reveal();
        format!("{}***********{}", &text[..6], &text[17..])
    }

    /// The day of birth that the number contains.
    pub fn born_on(&self) -> Day {
        birth_date(self.reveal()).expect("checked when the number was read")
    }

    /// The sex that the number contains.
    pub fn sex(&self) -> Sex {
        if self.reveal().as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for IdNumber {
    type Err = IdNumberFault;

    fn from_str(text: &str) -> Result<Self, IdNumberFault> {
        IdNumber::parse(text)
    }
}

fn birth_date(text: &str) -> Option<Day> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let (month, day) = (part(10..12)?, part(12..14)?);
    Day::from_civil(part(6..10)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// The check character of GB 11643 (MOD 11-2) for seventeen ASCII digits.
pub fn check_character(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip(1u32..)
        .map(|(digit, place)| u32::from(digit - b'0') * (2u32.pow(place) % 11))
        .sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// Text that may be stored, sent and shown: no control, direction or invisible characters, not
/// longer than its bound. Rare CJK characters, their variation selectors and the joiners of
/// the Arabic script are ordinary text.
pub fn is_plain_text(text: &str, chars_max: usize) -> bool {
    let forbidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{61c}' | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2065}')
            || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
            || matches!(c, '\u{e0000}'..='\u{e007f}')
    };
    text.chars().count() <= chars_max && !text.chars().any(forbidden)
}

/// A name that may be stored, sent and shown: plain text, not blank, without outer blanks.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && is_plain_text(text, NAME_CHARS_MAX)
}

/// What the paper letter says about a person, beyond the public fields of the Offer: the private
/// block of every Offer (`domain.md` §2). The joining date does not travel.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PersonalParticulars {
    /// 姓名.
    pub name: Private<String>,
    /// 公民身份号码, with a right check character.
    pub id_number: Private<String>,
    /// 性别, if known.
    pub sex: Option<Sex>,
    /// 民族, if known.
    pub ethnicity: Private<String>,
    /// 年龄 on the day of issue, in years.
    pub age: u8,
    /// 联系电话, may be empty.
    pub phone: Private<String>,
    /// 事由, may be empty.
    pub reason: Private<String>,
    /// 抬头: the destination organisation as the origin addresses it.
    pub addressee: Private<String>,
    /// 原所在党组织: name, address and phone of the origin organisation.
    pub sender: Private<String>,
}

impl PersonalParticulars {
    /// Whether every text is inside its bound and the identity number is a real one.
    pub fn is_well_formed(&self) -> bool {
        let text = |field: &Private<String>| is_plain_text(field.reveal(), TEXT_CHARS_MAX);
        is_name(self.name.reveal())
            && IdNumber::parse(self.id_number.reveal())
                .is_ok_and(|id| id.reveal() == self.id_number.reveal())
            && is_plain_text(self.phone.reveal(), PHONE_CHARS_MAX)
            && is_plain_text(self.ethnicity.reveal(), NAME_CHARS_MAX)
            && text(&self.reason)
            && text(&self.addressee)
            && text(&self.sender)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_that_of_gb_11643() {
        // The two worked examples of the standard.
        assert!(IdNumber::parse("11010519491231002X").is_ok());
        assert!(IdNumber::parse("440524188001010014").is_err(), "born before 1900");
        assert_eq!(check_character(b"44052418800101001"), b'4');
    }

    #[test]
    fn faults_are_told_apart() {
        let fault = |text| IdNumber::parse(text).unwrap_err();
        assert_eq!(fault("110105194912310021"), IdNumberFault::Checksum { expected: 'X' });
        assert_eq!(fault("11010519490231002X"), IdNumberFault::BirthDate);
        for text in ["", "1101051949123100", "１1010519491231002X", " 11010519491231002X", "1e17"]
        {
            assert_eq!(fault(text), IdNumberFault::Shape, "{text}");
        }
    }

    #[test]
    fn a_masked_number_keeps_region_and_last_character() {
        let id = IdNumber::parse("11010519491231002x").unwrap();
        assert_eq!(id.masked(), "110105***********X");
        assert_eq!(format!("{id:?}"), "***");
        assert_eq!(id.sex(), Sex::Female);
    }

    #[test]
    fn names_carry_no_hidden_characters() {
        assert!(is_name("赵以刚") && is_name("𱁬") && is_name("买买提·艾力"));
        assert!(is_name("葛\u{e0100}") && is_name("\u{645}\u{6cc}\u{200c}\u{62e}"));
        let hidden = ["赵\u{200b}以", "赵\u{61c}以", "赵\u{2060}以", "赵\u{e0041}"];
        for bad in ["", " 赵", "赵\u{202e}以", "赵\0", "赵\u{feff}"].iter().chain(&hidden) {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}

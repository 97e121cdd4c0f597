//! The one table of refusals: stable code, class, and what to say and do, in both languages.
//!
//! A [`Refusal`] carries ids, codes, file names and cell addresses, never a name, an identity
//! number or a phone: those stay where the user typed them. `docs/codes.md` is generated from this
//! table.

use std::fmt;

/// What kind of failure a code is; the command line turns it into its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A fault of this program or machine: exit 1.
    Internal,
    /// Wrong words on the command line: exit 2.
    Usage,
    /// Nothing has that id: exit 4.
    NotFound,
    /// The state moved on, or does not allow it: exit 5.
    State,
    /// The input is faulty: exit 6.
    Validation,
    /// The actor may not do that: exit 7.
    NotPermitted,
    /// The peer did not answer in time: exit 8.
    Unreachable,
    /// A signature, fingerprint or key does not hold: exit 9.
    Trust,
    /// There is no data directory: exit 10.
    NoData,
    /// Another process holds the data directory: exit 11.
    Locked,
    /// The configuration is faulty: exit 12.
    Config,
}

/// A language that messages come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

macro_rules! refusals {
    (; $($number:literal $variant:ident $code:literal $class:ident {
        en: $en:literal, fix: $fix_en:literal, zh: $zh:literal, 办法: $fix_zh:literal $(,)?
    })*) => {
        /// A stable, language-free reason for a refusal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $en] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The number that a signed `Unusable` carries. Never reused.
            pub fn number(self) -> u16 {
                match self { $(Code::$variant => $number,)* }
            }

            /// The code with that number, if this build knows it.
            pub fn from_number(number: u16) -> Option<Code> {
                match number { $($number => Some(Code::$variant),)* _ => None }
            }

            /// The stable text, such as `letter.state`.
            pub fn text(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// The class of the code.
            pub fn class(self) -> Class {
                match self { $(Code::$variant => Class::$class,)* }
            }

            /// What happened; `{}` stands for the subject.
            pub fn message(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Code::$variant, Lang::En) => $en, (Code::$variant, Lang::Zh) => $zh,)*
                }
            }

            /// What to do about it.
            pub fn fix(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Code::$variant, Lang::En) => $fix_en,
                      (Code::$variant, Lang::Zh) => $fix_zh,)*
                }
            }
        }
    };
}

mod table;
pub use table::Code;

/// A refused request: the code, and the thing it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// What it is about: an id, a code, a file, a field. Never personal data.
    pub subject: String,
    /// What is allowed instead, where that helps (`letter.state`).
    pub allowed: Vec<&'static str>,
}

impl Refusal {
    /// A refusal about `subject`.
    pub fn about(code: Code, subject: impl fmt::Display) -> Refusal {
        Refusal { code, subject: subject.to_string(), allowed: Vec::new() }
    }

    /// The same, with the actions that are allowed now.
    #[must_use]
    pub fn allowing(mut self, allowed: &[&'static str]) -> Refusal {
        self.allowed = allowed.to_vec();
        self
    }

    /// What happened, for people.
    pub fn detail(&self, lang: Lang) -> String {
        self.code.message(lang).replace("{}", &self.subject)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Refusal {
        Refusal::about(code, "")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.text(), self.detail(Lang::En))
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_and_numbers_are_unique_and_texts_complete() {
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.text()).collect();
        let numbers: BTreeSet<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!((codes.len(), numbers.len()), (Code::ALL.len(), Code::ALL.len()));
        for code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(*code));
            let places = |lang| code.message(lang).matches("{}").count();
            assert_eq!(places(Lang::En), places(Lang::Zh), "{code:?}");
            assert!(places(Lang::En) <= 1 && !code.fix(Lang::Zh).is_empty(), "{code:?}");
        }
    }
}

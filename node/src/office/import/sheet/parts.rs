//! Whether the parts of an xlsx are small enough for its reader.
//!
//! The reader inflates parts as it goes, holds some of them as a whole and others one cell at a
//! time, and believes a declared count of strings. So every part is inflated here once, into
//! nothing, and measured; the sizes that the archive itself declares are not believed. Names of
//! parts are never used as paths on disk.

use std::io::{self, Cursor, Read};

use protocol::refusal::{Code, Refusal};
use zip::ZipArchive;

use crate::office::import::limits::{
    INFLATED_BYTES_MAX, PARTS_MAX, SHARED_STRINGS_BYTES_MAX, SHARED_STRINGS_DECLARED_MAX,
    STRETCH_BYTES_MAX, STYLES_BYTES_MAX,
};

const CHUNK_BYTES: usize = 64 * 1024;
const TAG_HEAD_BYTES: usize = 4_096;

/// Refuses an archive that its reader could not hold, or that is none.
pub fn check(name: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let broken = || Refusal::about(Code::ImportFile, name);
    let too_large = || Refusal::about(Code::ImportTooLarge, name);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > PARTS_MAX {
        return Err(too_large());
    }
    let mut inflated = 0;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| broken())?;
        let part_name = part.name().map_err(|_| broken())?.to_ascii_lowercase();
        let strings = part_name.ends_with("sharedstrings.xml");
        let bytes_max = match () {
            () if strings => SHARED_STRINGS_BYTES_MAX,
            () if part_name.ends_with("styles.xml") => STYLES_BYTES_MAX,
            () => INFLATED_BYTES_MAX,
        };
        let bytes_max = bytes_max.min(INFLATED_BYTES_MAX - inflated);
        let mut markup = Markup { counts_strings: strings, ..Markup::default() };
        match measure(&mut part, bytes_max, &mut markup) {
            Ok(Some(bytes)) => inflated += bytes,
            Ok(None) => return Err(too_large()),
            Err(_) => return Err(broken()),
        }
    }
    Ok(())
}

/// The inflated size of a part, or nothing if it is over a bound.
fn measure(part: &mut impl Read, bytes_max: u64, markup: &mut Markup) -> io::Result<Option<u64>> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut total = 0;
    loop {
        let count = part.read(&mut chunk)?;
        if count == 0 {
            return Ok(Some(total));
        }
        total += count as u64;
        markup.pass(&chunk[..count]);
        if total > bytes_max || markup.is_over() {
            return Ok(None);
        }
    }
}

/// Just enough of XML to see how far a part goes on without ending a cell, a string or a row.
#[derive(Default)]
struct Markup {
    counts_strings: bool,
    declared_too_many: bool,
    stretch: u64,
    longest: u64,
    place: Place,
    /// A comment, document type or unusual instruction may hide tags: from there on, nothing ends.
    opaque: bool,
    head: Vec<u8>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    Tag,
    Quoted(u8),
}

impl Markup {
    fn is_over(&self) -> bool {
        self.longest.max(self.stretch) > STRETCH_BYTES_MAX || self.declared_too_many
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.stretch += 1;
            match (self.place, *byte) {
                (Place::Text, b'<') => {
                    self.place = Place::Tag;
                    self.head.clear();
                }
                (Place::Text, _) => {}
                (Place::Tag, b'>') => {
                    self.end_tag();
                    self.place = Place::Text;
                }
                (Place::Tag, quote @ (b'"' | b'\'')) => {
                    self.place = Place::Quoted(quote);
                    self.keep(quote);
                }
                (Place::Quoted(quote), byte) if byte == quote => {
                    self.place = Place::Tag;
                    self.keep(quote);
                }
                (_, byte) => self.keep(byte),
            }
        }
    }

    fn keep(&mut self, byte: u8) {
        self.opaque |= self.head.is_empty() && byte == b'!';
        if self.head.len() < TAG_HEAD_BYTES {
            self.head.push(byte);
        } else if self.counts_strings {
            // A count could hide behind so long a tag; no spreadsheet program writes one here.
            self.declared_too_many = true;
        }
    }

    fn end_tag(&mut self) {
        let whole = self.head.len() < TAG_HEAD_BYTES
            && self.head.ends_with(b"?")
            && !self.head.windows(2).any(|pair| pair == b"?>");
        self.opaque |= self.head.first() == Some(&b'?') && !whole;
        let name = self.head.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let local = name.rsplit(|byte| matches!(byte, b':' | b'/')).next().unwrap_or_default();
        if !self.opaque && matches!(local, b"c" | b"si" | b"row") {
            self.longest = self.longest.max(std::mem::take(&mut self.stretch));
        }
        if self.counts_strings && local == b"sst" && declared(&self.head) {
            self.declared_too_many = true;
        }
    }
}

/// Whether the tag declares more strings than may be.
fn declared(tag: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    let starts = tag.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    let count = |start: usize| {
        let digits = tag[start + NAME.len()..].iter().skip_while(|byte| !byte.is_ascii_digit());
        digits.take_while(|byte| byte.is_ascii_digit()).fold(0u64, |count, digit| {
            count.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        })
    };
    starts.into_iter().any(|(start, _)| count(start) > SHARED_STRINGS_DECLARED_MAX)
}

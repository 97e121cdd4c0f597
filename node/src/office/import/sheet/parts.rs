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
    FORMATS_MAX, INFLATED_BYTES_MAX, PARTS_MAX, SHARED_STRINGS_BYTES_MAX, SHARED_STRINGS_MAX,
    STRETCH_BYTES_MAX, STRUCTURE_BYTES_MAX,
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
        let is_strings = part_name.ends_with("sharedstrings.xml");
        let bytes_max = if is_strings { SHARED_STRINGS_BYTES_MAX } else { INFLATED_BYTES_MAX };
        let mut markup = Markup { is_strings, ..Markup::default() };
        match measure(&mut part, bytes_max.min(INFLATED_BYTES_MAX - inflated), &mut markup) {
            Ok(true) => inflated += markup.bytes,
            Ok(false) => return Err(too_large()),
            Err(_) => return Err(broken()),
        }
    }
    Ok(())
}

/// Inflates a part into nothing; whether it is inside all bounds.
fn measure(part: &mut impl Read, bytes_max: u64, markup: &mut Markup) -> io::Result<bool> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = part.read(&mut chunk)?;
        if count == 0 {
            return Ok(true);
        }
        markup.pass(&chunk[..count]);
        if markup.bytes > bytes_max || markup.is_over() {
            return Ok(false);
        }
    }
}

/// Just enough of XML to see how much of a part its reader holds at once.
#[derive(Default)]
struct Markup {
    /// Whether this is the part of the shared strings.
    is_strings: bool,
    bytes: u64,
    /// Bytes since something ended that the reader lets go of, and the most there ever were.
    stretch: u64,
    longest: u64,
    strings: u64,
    strings_declared: u64,
    formats: u64,
    /// The part describes the workbook, and is held as a whole.
    is_structure: bool,
    place: Place,
    head: Vec<u8>,
    /// The element whose text the reader gathers until its end, whatever comes in between.
    gathering: Option<Vec<u8>>,
    /// A comment, document type or unusual instruction may hide tags: from there on, nothing ends.
    opaque: bool,
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
        self.longest.max(self.stretch) > STRETCH_BYTES_MAX
            || self.strings.max(self.strings_declared) > SHARED_STRINGS_MAX
            || self.formats > FORMATS_MAX
            || (self.is_structure && self.bytes > STRUCTURE_BYTES_MAX)
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
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
        } else if self.is_strings {
            // A count could hide in so long a tag; no spreadsheet program writes one here.
            self.strings_declared = u64::MAX;
        }
    }

    fn end_tag(&mut self) {
        let head = self.head.as_slice();
        let declaration = head.len() < TAG_HEAD_BYTES
            && head.ends_with(b"?")
            && !head.windows(2).any(|pair| pair == b"?>");
        self.opaque |= head.first() == Some(&b'?') && !declaration;

        let ends = head.first() == Some(&b'/');
        let is_empty = head.last() == Some(&b'/');
        let name = head[usize::from(ends)..].split(u8::is_ascii_whitespace).next();
        let name = name.unwrap_or_default();
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        match local {
            b"workbook" | b"Relationships" | b"styleSheet" => self.is_structure = true,
            b"xf" | b"font" | b"fill" | b"border" if !ends => self.formats += 1,
            b"si" if self.is_strings && !ends => self.strings += 1,
            b"sst" if self.is_strings => {
                self.strings_declared = self.strings_declared.max(declared_strings(head));
            }
            _ => {}
        }
        if self.gathering.as_deref() == Some(name) && ends {
            self.gathering = None;
        } else if self.gathering.is_none()
            && !ends
            && !is_empty
            && matches!(local, b"is" | b"si" | b"v")
        {
            self.gathering = Some(name.to_vec());
        }
        let lets_go = matches!(local, b"c" | b"si" | b"row") && self.gathering.is_none();
        if lets_go && !self.opaque {
            self.longest = self.longest.max(std::mem::take(&mut self.stretch));
        }
    }
}

/// The number of strings that a tag declares, for which the reader reserves room.
fn declared_strings(tag: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let places = tag.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    let count = |start: usize| {
        let digits = tag[start + NAME.len()..].iter().skip_while(|byte| !byte.is_ascii_digit());
        digits.take_while(|byte| byte.is_ascii_digit()).fold(0u64, |count, digit| {
            count.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        })
    };
    places.map(|(start, _)| count(start)).max().unwrap_or_default()
}

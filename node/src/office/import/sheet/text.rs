//! A csv file in UTF-8 or GB18030, separated by commas, tabs or semicolons.
//!
//! The text is decoded as it is read, strictly: what cannot be decoded is refused, never replaced.
//! Which of the two encodings it is, is decided on all bytes, because a roster whose names were
//! decoded wrongly would look well-formed.

use std::cell::Cell as Shared;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ReaderBuilder, StringRecord, Terminator};
use encoding_rs::{Decoder, DecoderResult, GB18030, UTF_8};
use protocol::refusal::{Code, Refusal};

use super::{Cell, Overview, Row};
use crate::office::import::limits::{COLUMNS_MAX, RECORD_BYTES_MAX, ROWS_MAX};

const UTF_8_BOM: &[u8] = b"\xef\xbb\xbf";
const CHUNK_BYTES: usize = 32 * 1024;
/// Follows the text, as a row of its own: an unclosed quotation mark swallows it.
const END_MARK: &str = "\u{1}";
const END: &[u8] = b"\n\x01\n";
/// So many well-formed characters to a malformed one are damaged UTF-8; GB18030 that happens to
/// look like UTF-8 does so in a few characters only.
const DAMAGED_RATIO: usize = 8;

/// How a text file is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// With or without a byte-order mark.
    Utf8,
    /// The Chinese national encoding; GBK and GB2312 are parts of it.
    Gb18030,
}

/// Tells the encoding of a file from its bytes.
pub fn detect(name: &str, bytes: &[u8]) -> Result<Charset, Refusal> {
    let at = |place: usize| {
        let row = bytes[..place].iter().filter(|byte| **byte == b'\n').count() + 1;
        Refusal::about(Code::ImportEncoding, format!("{name}:{row}"))
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Refusal::about(Code::ImportEncoding, format!("{name}:UTF-16")));
    }
    if let Some(place) = bytes.iter().position(|byte| *byte == 0) {
        return Err(at(place));
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(Charset::Utf8);
    }
    let (mut whole, mut malformed, mut place, mut first) = (0, 0, 0, None);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        place += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            malformed += 1;
            first = first.or(Some(place));
            place += chunk.invalid().len();
        }
    }
    let damaged = bytes.starts_with(UTF_8_BOM) || whole > malformed * DAMAGED_RATIO;
    if damaged { Err(at(first.unwrap_or_default())) } else { Ok(Charset::Gb18030) }
}

/// Hands over the rows.
pub fn rows(
    name: &str,
    bytes: &[u8],
    charset: Charset,
    each: &mut dyn FnMut(&Row) -> Result<(), Refusal>,
) -> Result<Overview, Refusal> {
    let text = bytes.strip_prefix(UTF_8_BOM).unwrap_or(bytes);
    let progress = Rc::new(Progress::default());
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(CHUNK_BYTES)
        .from_reader(Decoded::new(text, charset, Rc::clone(&progress)));

    let (mut record, mut row, mut inner_lines) = (StringRecord::new(), Row::default(), 0);
    loop {
        let at = |code, row: u64| Refusal::about(code, format!("{name}:{row}"));
        let more = reader.read_record(&mut record).map_err(|error| match error.kind() {
            csv::ErrorKind::Io(cause) if cause.kind() == io::ErrorKind::FileTooLarge => {
                at(Code::ImportTooLarge, u64::from(row.number) + 1)
            }
            _ => at(Code::ImportEncoding, progress.lines.get() - inner_lines + 1),
        })?;
        progress.record_bytes.set(0);
        // Spreadsheets count blank lines as rows, but not the line ends inside a quoted cell.
        let ends = record.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count();
        inner_lines += ends as u64;
        let number = reader.position().line() - 1 - inner_lines;
        if record.iter().next_back().is_some_and(|last| last.ends_with("\n\u{1}\n")) {
            // Such a row has no line end of its own.
            return Err(at(Code::ImportQuote, number + 1));
        }
        if !more {
            return Err(at(Code::ImportFile, number));
        }
        if record.len() == 1 && &record[0] == END_MARK {
            let is_last = reader.read_record(&mut record).is_ok_and(|more| !more);
            return if is_last {
                Ok(Overview::default())
            } else {
                Err(at(Code::ImportFile, number))
            };
        }
        if number > u64::from(ROWS_MAX) || record.len() > COLUMNS_MAX {
            return Err(at(Code::ImportTooLarge, number));
        }
        row.restart(u32::try_from(number).expect("compared with the last row"));
        for (column, text) in record.iter().enumerate() {
            row.put(name, column, Cell::text(text))?;
        }
        if !row.cells().is_empty() {
            each(&row)?;
        }
    }
}

/// The separator that the first line uses most; both encodings keep these bytes for themselves.
fn delimiter(text: &[u8]) -> u8 {
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| first.iter().filter(|byte| **byte == delimiter).count();
    // The last of equals wins.
    [b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// How far the text was decoded, shared between the decoder and who reads from it.
#[derive(Default)]
struct Progress {
    record_bytes: Shared<usize>,
    lines: Shared<u64>,
}

/// The text as UTF-8 with `\n` at the end of every line, and [`END`] after it.
struct Decoded<'a> {
    rest: &'a [u8],
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    after_return: bool,
    is_done: bool,
    progress: Rc<Progress>,
}

impl<'a> Decoded<'a> {
    fn new(text: &'a [u8], charset: Charset, progress: Rc<Progress>) -> Self {
        let encoding = match charset {
            Charset::Utf8 => UTF_8,
            Charset::Gb18030 => GB18030,
        };
        let decoder = encoding.new_decoder_without_bom_handling();
        let ready = Vec::new();
        Decoded { rest: text, decoder, ready, at: 0, after_return: false, is_done: false, progress }
    }

    fn decode(&mut self) -> io::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        let (result, taken, written) =
            self.decoder.decode_to_utf8_without_replacement(self.rest, &mut chunk, true);
        self.rest = &self.rest[taken..];
        self.ready.clear();
        self.at = 0;
        for byte in &chunk[..written] {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.ready.push(b'\n'),
                byte => self.ready.push(*byte),
            }
            self.after_return = *byte == b'\r';
        }
        let lines = self.ready.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.progress.lines.set(self.progress.lines.get() + lines);
        match result {
            DecoderResult::OutputFull => {}
            DecoderResult::InputEmpty => {
                self.ready.extend_from_slice(END);
                self.is_done = true;
            }
            DecoderResult::Malformed(..) => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(())
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.is_done {
            self.decode()?;
        }
        let count = out.len().min(self.ready.len() - self.at);
        out[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        let pending = self.progress.record_bytes.get() + count;
        self.progress.record_bytes.set(pending);
        if pending > RECORD_BYTES_MAX { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(count) }
    }
}
